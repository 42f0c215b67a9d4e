package com.sutazai.engine.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts that are read in one step. */
class PromptShareTest {
  @ParameterizedTest(name = "{0} of {1} tokens each, {2} in all: {3}")
  @CsvSource({
    "1, 1000, 512, 512", // one alone has all
    "1, 1000, 45, 32", // in what the kernels take at once
    "1, 1000, 7, 4",
    "1, 1000, 3, 3",
    "2, 1000, 45, 16",
    "16, 1000, 45, 2",
    "3, 1000, 45, 12",
    "16, 1000, 8, 0", // not enough for all
    "2, 5, 45, 45", // and what fits is not cut
  })
  void prompts_have_the_same_share(int prompts, int tokens, int most, int share) {
    // Given
    int[] unread = new int[prompts];
    Arrays.fill(unread, tokens);

    // Then
    assertThat(PromptShare.of(unread, most)).isEqualTo(share);
  }

  @ParameterizedTest(name = "{0} and {1} tokens: {2}")
  @CsvSource({"1000, 10, 48", "10, 1000, 48", "10, 2, 64"})
  void a_short_prompt_leaves_its_share_to_the_others(int one, int other, int share) {
    // Then
    assertThat(PromptShare.of(new int[] {one, other}, 64)).isEqualTo(share);
  }
}
