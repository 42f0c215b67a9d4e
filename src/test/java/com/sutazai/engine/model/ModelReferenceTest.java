package com.sutazai.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelReferenceTest {
  @ParameterizedTest
  @CsvSource({
    "tinyllama, tinyllama:latest, tinyllama.gguf",
    "tinyllama:latest, tinyllama:latest, tinyllama.gguf",
    "llama3.2:1b, llama3.2:1b, llama3.2:1b.gguf",
    "somebody/model, somebody/model:latest, somebody+model.gguf",
    "hf.co/somebody/model-GGUF:Q4_K_M, hf.co/somebody/model-GGUF:Q4_K_M,"
        + " hf.co+somebody+model-GGUF:Q4_K_M.gguf",
  })
  void a_name_stands_for_a_file(String written, String name, String file) {
    // When
    ModelReference reference = ModelReference.parse(written).orElseThrow();

    // Then
    assertThat(reference.name()).isEqualTo(name);
    assertThat(reference.fileName()).isEqualTo(file);
    assertThat(ModelReference.ofFile(file)).contains(reference);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../secret",
        "a/../b",
        "/etc/passwd",
        ".demo",
        "a/.b",
        "a//b",
        "a/b/c/d",
        "a:b:c",
        "a:",
        ":a",
        "a b",
        "a\u0000b",
        "a\\b",
        "a\nb",
        "a+b",
        "a:b/c",
        "-rf",
        "ä"
      })
  void a_name_that_could_lead_elsewhere_is_none(String written) {
    assertThat(ModelReference.parse(written)).isEmpty();
  }

  @Test
  void a_name_is_short() {
    assertThat(ModelReference.parse("a".repeat(80))).isPresent();
    assertThat(ModelReference.parse("a".repeat(81))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.bin", ".demo.gguf", ".gguf", "a b.gguf", "model.gguf.part"})
  void other_files_are_no_models(String file) {
    assertThat(ModelReference.ofFile(file)).isEmpty();
  }
}
