package com.sutazai.engine.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTextTest {
  @Test
  void a_character_comes_when_all_its_bytes_are_there() {
    // Given
    byte[] bytes = "é".getBytes(StandardCharsets.UTF_8);
    var text = new AnswerText(List.of());

    // When
    String first = text.add(new byte[] {bytes[0]});
    String second = text.add(new byte[] {bytes[1]});

    // Then
    assertThat(first).isEmpty();
    assertThat(second).isEqualTo("é");
  }

  @Test
  void bytes_that_are_no_text_become_replacement_characters() {
    // Given
    var text = new AnswerText(List.of());

    // When
    String said = text.add(new byte[] {'a', (byte) 0xC3}) + text.end();

    // Then
    assertThat(said).isEqualTo("a\uFFFD");
  }

  @Test
  void what_may_become_a_stop_text_is_held_back() {
    // Given
    var text = new AnswerText(List.of("User:"));

    // When
    String first = text.add("yes\nUs".getBytes(StandardCharsets.UTF_8));
    String second = text.add("e it".getBytes(StandardCharsets.UTF_8));

    // Then
    assertThat(first).isEqualTo("yes\n");
    assertThat(second).isEqualTo("Use it");
  }

  @Test
  void the_stop_text_that_is_complete_first_counts() {
    // Given
    var text = new AnswerText(List.of("three", "two th", "o t"));

    // When
    String said = text.add("one two three".getBytes(StandardCharsets.UTF_8)) + text.end();

    // Then
    assertThat(said).isEqualTo("one tw");
    assertThat(text.stopped()).isTrue();
  }

  /**
   * However the bytes are cut, the text is that of the whole up to the stop text that ends first.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void cuts_change_nothing(long seed) {
    var random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      // Given
      String whole = text(random, "abé€\uD83D\uDE00", 30);
      List<String> stops = List.of(text(random, "abé€", 3) + "a", text(random, "ab", 2) + "b€");

      // When
      String said = inPieces(random, whole, stops);

      // Then
      assertThat(said)
          .as("seed %d, round %d, %s %s", seed, round, whole, stops)
          .isEqualTo(cut(whole, stops));
    }
  }

  private static String text(Random random, String characters, int most) {
    int[] points = characters.codePoints().toArray();
    return random
        .ints(random.nextInt(most + 1), 0, points.length)
        .mapToObj(place -> Character.toString(points[place]))
        .collect(Collectors.joining());
  }

  private static String inPieces(Random random, String whole, List<String> stops) {
    byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
    var text = new AnswerText(stops);
    var said = new StringBuilder();
    for (int from = 0; from < bytes.length && !text.stopped(); ) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(4));
      said.append(text.add(Arrays.copyOfRange(bytes, from, to)));
      from = to;
    }
    return said.append(text.end()).toString();
  }

  private static String cut(String whole, List<String> stops) {
    return stops.stream()
        .filter(whole::contains)
        .min(
            Comparator.comparingInt((String stop) -> whole.indexOf(stop) + stop.length())
                .thenComparing((String stop) -> whole.indexOf(stop)))
        .map(stop -> whole.substring(0, whole.indexOf(stop)))
        .orElse(whole);
  }
}
