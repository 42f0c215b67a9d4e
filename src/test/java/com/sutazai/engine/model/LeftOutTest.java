package com.sutazai.engine.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LeftOutTest {
  @Test
  void a_file_is_told_once_with_its_first_reason() {
    // Given
    var said = new ByteArrayOutputStream();
    var leftOut = new LeftOut(new PrintStream(said, true, UTF_8));

    // When
    leftOut.tell(Path.of("models", "bad.gguf"), "it is no GGUF file");
    leftOut.tell(Path.of("models", "bad.gguf"), "it is still no GGUF file");
    leftOut.tell(Path.of("models", "cut.gguf"), "it is cut off");

    // Then
    assertThat(said.toString(UTF_8))
        .hasLineCount(2)
        .contains("notice: Model file bad.gguf is left out: it is no GGUF file");
  }
}
