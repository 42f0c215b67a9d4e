package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelListTest {
  private static final ModelList MODELS =
      ModelList.read(
          Json.object(
              """
              {"data": [{"id": "demo"}, {"id": "tinyllama:latest"}, {"id": "qwen:7b"},
                        {"id": "both"}, {"id": "both:latest"}]}
              """),
          Dialect.OPENAI);

  @Test
  void names_under_which_nothing_can_be_counted_are_left_out() {
    // When
    ModelList models =
        ModelList.read(
            Json.object(
                """
                {"models": [{"name": ""}, {"name": "%s"}, {"name": "a\\u0000b"}, {"name": "%s"}]}
                """
                    .formatted("x".repeat(256), "y".repeat(255))),
            Dialect.OLLAMA);

    // Then
    assertThat(models.models()).containsOnlyKeys("y".repeat(255));
  }

  @ParameterizedTest
  @CsvSource({
    "demo, demo",
    "demo:latest, demo",
    "tinyllama, tinyllama:latest",
    "tinyllama:latest, tinyllama:latest",
    "qwen:7b, qwen:7b",
    "both, both",
    "both:latest, both:latest",
    "qwen,",
    "qwen:latest,",
    "demo:7b,",
    ":latest,"
  })
  void a_name_without_a_tag_is_the_latest(String wanted, String listed) {
    assertThat(MODELS.find(wanted).orElse(null)).isEqualTo(listed);
  }
}
