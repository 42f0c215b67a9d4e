package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
  private final LineSplitter splitter = new LineSplitter();

  private List<String> lines(String piece) {
    return texts(splitter.lines(Buffer.buffer(piece)));
  }

  private static List<String> texts(List<byte[]> lines) {
    return lines.stream().map(line -> new String(line, UTF_8)).toList();
  }

  @Test
  void lines_that_one_piece_completes_come_together() {
    assertThat(lines("a\n\nb\r\nc")).containsExactly("a", "b\r");
    assertThat(splitter.pending()).isEqualTo(1);
    assertThat(lines("")).isEmpty();
    assertThat(lines("d")).isEmpty();
    assertThat(lines("\n")).containsExactly("cd");
    assertThat(splitter.rest()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void wherever_the_network_cuts_the_lines_are_the_same(long seed) {
    // Given
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      text.append("ab\u00e9\n\n".charAt(random.nextInt(5)));
    }
    byte[] bytes = text.toString().getBytes(UTF_8);

    // When
    List<String> lines = new ArrayList<>();
    for (int from = 0; from < bytes.length; ) {
      int end = Math.min(bytes.length, from + random.nextInt(9));
      lines.addAll(texts(splitter.lines(Buffer.buffer(bytes).getBuffer(from, end))));
      from = end;
    }
    lines.addAll(texts(splitter.rest()));

    // Then
    assertThat(lines).isEqualTo(text.toString().lines().filter(line -> !line.isEmpty()).toList());
  }
}
