package com.sutazai.queue.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {
  @Test
  void queues_and_keys_are_named_as_in_the_guide() {
    // Given
    var routes = new Routes(Map.of("coordinate", "coordinator"));

    // When, then
    assertThat(routes.bindings()).isEqualTo(Map.of("coordinator_queue", "agent.coordinator.*"));
    assertThat(routes.key("coordinate")).isEqualTo("agent.coordinator.coordinate");
    assertThat(routes.queue("coordinate")).isEqualTo("coordinator_queue");
  }

  @Test
  void a_name_stays_one_word_whatever_is_in_it() {
    assertThat(new Routes(Map.of("a.b#c", "my agent*.é")).key("a.b#c"))
        .isEqualTo("agent.my_agent___.a_b_c");
  }

  @Test
  void types_of_one_agent_type_share_its_queue() {
    assertThat(new Routes(Map.of("one", "data", "two", "data")).queues())
        .containsExactly("data_queue");
  }
}
