package com.sutazai.gateway.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.Engines;
import com.sutazai.testing.Servers;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelMakersTest {
  private final Backend ollama = Servers.of("ollama");
  private final Backend engine = Engines.one();

  @Test
  void the_engine_is_not_asked_to_make_a_model_where_another_server_can() {
    assertThat(OllamaModelsResource.makers(List.of(ollama, engine))).containsExactly(ollama);
  }

  @Test
  void the_engine_alone_says_itself_that_it_makes_none() {
    assertThat(OllamaModelsResource.makers(List.of(engine))).containsExactly(engine);
  }
}
