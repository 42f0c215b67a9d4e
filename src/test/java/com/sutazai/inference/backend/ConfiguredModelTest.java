package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sutazai.inference.model} may say. */
class ConfiguredModelTest {
  @ParameterizedTest
  @CsvSource({
    "tinyllama, tinyllama,",
    "llama3.2:1b, llama3.2:1b,",
    "mine.gguf, mine,",
    "/models/mine.gguf, mine, /models/mine.gguf",
    "here/llama3.2:1b.gguf, llama3.2:1b, here/llama3.2:1b.gguf",
    "/models/owner+mine.gguf, owner/mine, /models/owner+mine.gguf",
  })
  void a_model_is_set_by_its_name_or_its_file(String text, String name, Path file) {
    // When
    ConfiguredModel model = ConfiguredModel.of(text);

    // Then
    assertThat(model).isEqualTo(new ConfiguredModel(name, Optional.ofNullable(file)));
  }

  @Test
  void a_file_whose_name_no_model_may_have_is_refused() {
    assertThatThrownBy(() -> ConfiguredModel.of("/models/ .gguf"))
        .hasMessageContaining("no name of a model file");
  }
}
