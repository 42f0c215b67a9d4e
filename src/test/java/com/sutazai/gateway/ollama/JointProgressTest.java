package com.sutazai.gateway.ollama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.backend.Backend;
import com.sutazai.testing.Servers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JointProgressTest {
  private static final String PULLING = "{\"status\":\"pulling\"}";
  private static final String SUCCESS = "{\"status\":\"success\"}";
  private static final String FAILED = "{\"error\":\"no space left\"}";

  private final Backend one = Servers.of("one");
  private final Backend other = Servers.of("other");
  private final List<Backend> asked = new ArrayList<>();

  private List<String> told(Map<Backend, List<String>> lines) throws InterruptedException {
    List<String> told = new ArrayList<>();
    new JointProgress(new ObjectMapper())
        .of(
            List.of(one, other),
            (server, out) -> {
              asked.add(server);
              Objects.requireNonNull(lines.get(server))
                  .forEach(line -> out.accept(line.getBytes(UTF_8)));
            },
            line -> told.add(new String(line, UTF_8)));
    return told;
  }

  @Test
  void it_is_a_success_when_the_last_one_is_done() throws Exception {
    assertThat(
            told(Map.of(one, List.of(PULLING, SUCCESS), other, List.of("odd", PULLING, SUCCESS))))
        .containsExactly(PULLING, "odd", PULLING, SUCCESS);
  }

  @Test
  void it_ends_where_one_fails() throws Exception {
    assertThat(told(Map.of(one, List.of(PULLING, FAILED), other, List.of(PULLING, SUCCESS))))
        .containsExactly(PULLING, FAILED);
    assertThat(asked).containsExactly(one);
  }

  @Test
  void a_failure_of_the_last_one_is_the_end() throws Exception {
    assertThat(told(Map.of(one, List.of(PULLING, SUCCESS), other, List.of(FAILED))))
        .containsExactly(PULLING, FAILED);
  }
}
