package com.sutazai.agents.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassagesTest {
  private static String words(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
  }

  @Test
  void a_short_text_is_one_passage_without_the_blanks_around_it() {
    assertThat(Passages.of("  one\n two  ")).containsExactly("one\n two");
  }

  @Test
  void passages_overlap() {
    assertThat(Passages.of(words(0, 1000)))
        .containsExactly(words(0, 512), words(448, 960), words(896, 1000));
  }

  @Test
  void what_has_no_blanks_is_cut_where_it_is() {
    List<String> passages = Passages.of("雪".repeat(20_000));

    assertThat(passages).extracting(String::length).containsExactly(8000, 8000, 4000);
  }

  @Test
  void every_pair_of_neighbouring_words_is_whole_in_some_passage() {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      // Given
      List<String> words = new ArrayList<>();
      for (int i = random.nextInt(3000); i >= 0; i--) {
        words.add("w" + i + "x".repeat(random.nextInt(40)));
      }

      // When
      List<String> passages = Passages.of(String.join(" ", words));

      // Then
      int at = 0;
      for (int i = 0; i + 1 < words.size(); i++) {
        String pair = words.get(i) + " " + words.get(i + 1);
        while (at < passages.size() && !passages.get(at).contains(pair)) {
          at++;
        }
        assertThat(at).as(pair).isLessThan(passages.size());
      }
      assertThat(passages).allMatch(passage -> passage.length() <= Passages.CHARACTERS);
    }
  }
}
