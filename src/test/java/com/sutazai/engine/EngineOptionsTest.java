package com.sutazai.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.engine.pull.PullConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EngineOptionsTest {
  @Test
  void arguments_are_read_as_they_are_written() {
    // Given
    var options =
        new EngineOptions(
            Optional.of(Path.of("/a library")),
            Path.of("/models"),
            3,
            4096,
            2,
            1L << 33,
            Duration.ofSeconds(90),
            7,
            new PullConfig(URI.create("http://127.0.0.1:5000"), true),
            List.of(Path.of("/a/b.gguf"), Path.of("/c d.gguf")));

    // Then
    assertThat(EngineOptions.parse(options.format())).isEqualTo(options);
    assertThat(EngineOptions.parse(List.of("--models=/m")))
        .isEqualTo(EngineOptions.defaults(Path.of("/m")));
  }

  @Test
  void bounds_are_told() {
    assertThatThrownBy(() -> EngineOptions.parse(List.of("--sequences=0")))
        .hasMessage("--sequences=0 is not between 1 and 64");
    assertThatThrownBy(() -> EngineOptions.parse(List.of("--context=much")))
        .hasMessage("--context=much is no number");
  }
}
