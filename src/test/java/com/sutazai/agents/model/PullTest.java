package com.sutazai.agents.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class PullTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode line(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void how_far_it_is_follows_the_parts_that_the_server_names() {
    // Given
    Pull pull = new Pull("gpu", 1, 2);
    pull.take(line("{'status': 'pulling manifest'}"));
    assertThat(pull.fraction()).isNull();
    assertThat(pull.message()).isEqualTo("gpu: pulling manifest");

    // When
    pull.take(line("{'status': 'pulling', 'digest': 'a', 'total': 6000000, 'completed': 2000000}"));
    pull.take(line("{'status': 'pulling', 'digest': 'b', 'total': 2000000}"));
    pull.take(line("{'status': 'pulling', 'digest': 'a', 'total': 6000000, 'completed': 4000000}"));

    // Then
    assertThat(pull.fraction()).isEqualTo(0.75);
    assertThat(pull.message()).isEqualTo("gpu: pulling, 4 of 8 MB");
    assertThat(pull.bytes()).isEqualTo(8_000_000);
  }

  @Test
  void it_is_done_when_the_server_says_so() {
    Pull pull = new Pull("gpu", 0, 1);
    pull.take(line("{'status': 'verifying'}"));
    assertThatThrownBy(pull::requireDone).hasMessage("gpu stopped before it had the model.");

    pull.take(line("{'status': 'success'}"));

    pull.requireDone();
  }
}
