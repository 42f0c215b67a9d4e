package com.sutazai.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DemonstrationModelTest {
  /** What a request gets that names no number. */
  private static final int DEFAULT_TOKENS = 128;

  private final DemonstrationVocabulary vocabulary =
      new DemonstrationVocabulary(DemonstrationModel.TEXT);

  @Test
  void the_answer_s_tokens_are_its_text() {
    // When
    String said =
        vocabulary.answer().stream().map(vocabulary.tokens()::get).collect(Collectors.joining());

    // Then
    assertThat(said.replace('\u2581', ' ')).isEqualTo(DemonstrationModel.TEXT);
  }

  @Test
  void no_token_comes_twice() {
    List<String> tokens = vocabulary.tokens();
    assertThat(new HashSet<>(tokens)).hasSameSizeAs(tokens);
    assertThat(new HashSet<>(vocabulary.answer())).hasSameSizeAs(vocabulary.answer());
  }

  @Test
  void the_answer_ends_by_itself_within_the_default_number_of_tokens() {
    assertThat(vocabulary.answer()).hasSizeBetween(60, DEFAULT_TOKENS - 1);
  }

  @Test
  void the_answer_says_at_once_what_it_is_and_how_to_get_another() {
    assertThat(DemonstrationModel.TEXT)
        .startsWith("This is the demonstration model of SutazAI.")
        .contains("POST /api/pull")
        .doesNotContain("\n", "User:", "Assistant:");
  }

  @Test
  void it_is_small_and_always_the_same() {
    // When
    byte[] bytes = DemonstrationModel.bytes();

    // Then
    assertThat(bytes).hasSizeLessThan(5 << 20).isEqualTo(DemonstrationModel.bytes());
  }
}
