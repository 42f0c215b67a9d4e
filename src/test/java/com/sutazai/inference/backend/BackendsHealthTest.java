package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.testing.Servers;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BackendsHealthTest {
  private static final ModelFailure AWAY =
      new ModelFailure(ModelFailure.Kind.UNREACHABLE, "No model server answers");

  private final Backend one = Servers.of("one");
  private final Backend other = Servers.of("other");

  private String health() {
    return Backends.health(List.of(one, other));
  }

  private static void answers(Backend server) throws Exception {
    var list = (ObjectNode) new ObjectMapper().readTree("{\"models\":[{\"name\":\"a\"}]}");
    server.listed(ModelList.read(list, Dialect.OLLAMA), OptionalInt.empty());
  }

  @Test
  void servers_are_well_while_one_of_them_answers() throws Exception {
    assertThat(health()).isEqualTo("unknown");
    one.failed(AWAY);
    assertThat(health()).isEqualTo("unknown");
    answers(other);
    assertThat(health()).isEqualTo("ok");
  }

  @Test
  void servers_that_stopped_answering_are_down_until_one_answers_again() throws Exception {
    // Given
    answers(one);

    // When, then
    one.failed(AWAY);
    assertThat(health()).isEqualTo("down");
    answers(one);
    assertThat(health()).isEqualTo("ok");
  }
}
