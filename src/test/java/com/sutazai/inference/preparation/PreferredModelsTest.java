package com.sutazai.inference.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ServerClients;
import com.sutazai.testing.Servers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferredModelsTest {
  private final PreferredModels preferred = new PreferredModels(ServerClients.config());
  private final Backend one = Servers.of("one");
  private final Backend two = Servers.of("two");

  @ParameterizedTest
  @CsvSource({
    "tinyllama, tinyllama-optimized",
    "tinyllama:latest, tinyllama-optimized",
    "tinyllama:1b,",
    "llama3.2,"
  })
  void only_the_configured_model_has_a_better_one(String wanted, String better) {
    // Given
    preferred.ready(one);

    // When
    var instead = preferred.instead(wanted, List.of(one));

    // Then
    assertThat(instead.orElse(null)).isEqualTo(better);
  }

  @Test
  void a_server_without_it_keeps_the_plain_one_in_use_everywhere() {
    // Given
    preferred.ready(one);

    // When
    var instead = preferred.instead("tinyllama", List.of(one, two));

    // Then
    assertThat(instead).isEmpty();
  }
}
