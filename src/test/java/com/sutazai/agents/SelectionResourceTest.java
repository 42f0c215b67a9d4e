package com.sutazai.agents;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the coordinator of agents is told. */
@QuarkusTest
class SelectionResourceTest {
  private final BuiltInAgents builtIns;

  SelectionResourceTest(BuiltInAgents builtIns) {
    this.builtIns = builtIns;
  }

  private static String id(String agent) {
    return given()
        .get("/api/agents?limit=500")
        .jsonPath()
        .getString("items.find { it.name == '" + agent + "' }.id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|strategy is required",
        "{'strategy':null}|strategy is required",
        "{'strategy':''}|strategy must be one of least_loaded",
        "{'strategy':'fastest'}|strategy must be one of least_loaded",
        "{'strategy':['score']}|strategy",
        "{'strategi':'score'}|strategi",
      })
  void a_choice_that_breaks_a_rule_is_refused_by_field(String body, String rule) {
    given()
        .contentType("application/json")
        .body(body.replace('\'', '"'))
        .put("/api/agents/selection")
        .then()
        .statusCode(400)
        .body("detail", containsString(rule));
    assertThat(builtIns.strategy()).isEqualTo(Strategy.LEAST_LOADED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/agents/selection", "/api/users/x/password"})
  void a_text_is_not_taken_for_the_only_field(String path) {
    given()
        .contentType("text/plain")
        .body("score")
        .put(path)
        .then()
        .statusCode(415)
        .contentType("application/problem+json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "task-assignment-coordinator|{'priority':'high'}|config.priority",
        "task-assignment-coordinator|{'priority':-1}|config.priority",
        "task-assignment-coordinator|{'priority':11}|config.priority",
        "task-assignment-coordinator|{'priority':2.5}|config.priority",
        "task-assignment-coordinator|{'strategy':'fastest'}|config.strategy",
        "task-assignment-coordinator|{'strategy':5}|config.strategy",
        "data-worker|{'strategy':'score'}|config.strategy",
      })
  void a_config_that_breaks_a_rule_is_refused_by_field(String agent, String config, String field) {
    given()
        .contentType("application/json")
        .body("{\"config\":%s}".formatted(config.replace('\'', '"')))
        .patch("/api/agents/" + id(agent))
        .then()
        .statusCode(400)
        .body("field", equalTo(field));
    assertThat(builtIns.strategy()).isEqualTo(Strategy.LEAST_LOADED);
  }

  @Test
  void a_row_that_was_read_before_a_change_does_not_count_after_it() {
    // Given
    var noop =
        builtIns.desks().stream()
            .filter(desk -> desk.agent().name().equals("noop"))
            .findFirst()
            .orElseThrow();
    prioritise(noop.id(), "3");

    // When
    builtIns.changed(noop.id(), 0, "active", "{\"priority\":9}");

    // Then
    assertThat(noop.priority()).isEqualTo(3);
    prioritise(noop.id(), "null");
  }

  private static void prioritise(UUID agent, String priority) {
    given()
        .contentType("application/json")
        .body("{\"config\":{\"priority\":%s}}".formatted(priority))
        .patch("/api/agents/" + agent)
        .then()
        .statusCode(200);
  }
}
