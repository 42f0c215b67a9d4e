package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;

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
