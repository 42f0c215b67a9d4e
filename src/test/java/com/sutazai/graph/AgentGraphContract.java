package com.sutazai.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of graphs answers. */
abstract class AgentGraphContract {
  /** A request to the program. */
  abstract RequestSpecification given();

  /** Waits until the store has what was committed before. */
  abstract void awaitCopied();

  /** What the store is called. */
  abstract String store();

  ValidatableResponse run(String body) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body(body)
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"));
  }

  String id(String agent) {
    return id(given(), agent);
  }

  static String id(RequestSpecification program, String agent) {
    return program
        .get("/api/agents?limit=500")
        .jsonPath()
        .getString("items.find { it.name == '" + agent + "' }.id");
  }

  JsonPath graph(String agent, int limit) {
    awaitCopied();
    return given()
        .get("/api/graph/agents/" + id(agent) + "?limit=" + limit)
        .then()
        .statusCode(200)
        .body("store", equalTo(store()))
        .extract()
        .jsonPath();
  }

  @Test
  void a_task_that_an_agent_handed_on_is_linked_with_its_own() {
    // Given
    JsonPath asked =
        run("{\"type\":\"orchestrate\",\"payload\":{\"type\":\"data_processing\",\"payload\":{\"a\":1}}}")
            .extract()
            .jsonPath();

    // When
    JsonPath orchestrator = graph("ai-agent-orchestrator", 1);
    JsonPath worker = graph("data-worker", 1);

    // Then
    String from = asked.getString("id");
    String to = asked.getString("result.task_id");
    Map<String, String> link = Map.of("from", from, "to", to, "kind", "submitted");
    assertThat(orchestrator.getString("agent.name")).isEqualTo("ai-agent-orchestrator");
    assertThat(orchestrator.getList("links")).containsExactly(link);
    assertThat(orchestrator.getList("tasks.id")).containsExactlyInAnyOrder(from, to);
    assertThat(orchestrator.getList("tasks.status")).containsOnly("completed");
    assertThat(orchestrator.getList("partners"))
        .containsExactly(
            Map.of("id", id("data-worker"), "name", "data-worker", "asked", 1, "asked_by", 0));
    assertThat(worker.getList("links")).containsExactly(link);
    assertThat(worker.getList("partners"))
        .containsExactly(
            Map.of(
                "id",
                id("ai-agent-orchestrator"),
                "name",
                "ai-agent-orchestrator",
                "asked",
                0,
                "asked_by",
                1));
  }

  @Test
  void a_task_is_linked_with_those_that_it_waited_for() {
    // Given
    String first = run("{\"type\":\"data_processing\",\"payload\":{\"a\":1}}").extract().path("id");

    // When
    String second =
        run("{\"type\":\"noop\",\"depends_on\":[\"%s\"]}".formatted(first)).extract().path("id");

    // Then
    JsonPath noop = graph("noop", 1);
    assertThat(noop.getList("links"))
        .containsExactly(Map.of("from", first, "to", second, "kind", "awaited"));
  }

  @Test
  void a_step_of_a_workflow_is_linked_with_those_that_it_waited_for() {
    // Given
    String workflow =
        given()
            .contentType("application/json")
            .body(
                """
                {"name": "graph", "steps": [
                  {"id": "a", "type": "data_processing", "payload": {"x": 1}},
                  {"id": "b", "type": "noop", "depends_on": ["a"]}]}
                """)
            .post("/api/workflows")
            .then()
            .statusCode(202)
            .extract()
            .path("id");

    // When
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> given().get("/api/workflows/" + workflow).path("status").equals("completed"));

    // Then
    JsonPath steps = given().get("/api/workflows/" + workflow).jsonPath();
    assertThat(graph("noop", 1).getList("links"))
        .containsExactly(
            Map.of(
                "from",
                steps.getString("steps.find { it.id == 'a' }.task_id"),
                "to",
                steps.getString("steps.find { it.id == 'b' }.task_id"),
                "kind",
                "awaited"));
  }

  @Test
  void it_says_whether_the_agent_has_more_tasks_than_are_shown() {
    // Given
    List.of(1, 2, 3).forEach(i -> run("{\"type\":\"noop\"}"));

    // Then
    JsonPath two = graph("noop", 2);
    assertThat(two.getBoolean("complete")).isFalse();
    assertThat(two.getList("tasks.findAll { it.agent == 'noop' }")).hasSize(2);
  }

  @Test
  void no_more_than_a_hundred_links_a_task_are_shown_and_it_says_so() {
    // Given
    String first = run("{\"type\":\"data_processing\",\"payload\":{\"a\":1}}").extract().path("id");
    String waiting = "{\"type\":\"noop\",\"depends_on\":[\"%s\"]}".formatted(first);

    // When
    List<String> ids =
        given()
            .contentType("application/json")
            .body("{\"tasks\":[%s]}".formatted(String.join(",", Collections.nCopies(101, waiting))))
            .post("/api/tasks/bulk")
            .then()
            .statusCode(202)
            .extract()
            .path("ids");

    // Then
    JsonPath worker = graph("data-worker", 1);
    assertThat(worker.getList("links")).hasSize(100);
    assertThat(worker.getBoolean("complete")).isFalse();
    ids.forEach(this::awaitCompleted); // other tests look at the newest tasks as they stand still
  }

  private void awaitCompleted(String task) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> given().get("/api/tasks/" + task).path("status").equals("completed"));
  }

  @Test
  void times_and_names_are_those_of_the_task() {
    // Given
    JsonPath task = run("{\"type\":\"noop\"}").extract().jsonPath();

    // Then
    Map<String, Object> shown = graph("noop", 1).getMap("tasks[0]");
    assertThat(shown)
        .containsOnlyKeys("id", "type", "status", "agent_id", "agent", "created_at", "completed_at")
        .containsEntry("agent_id", id("noop"))
        .containsEntry("agent", "noop");
    for (String key : List.of("id", "type", "status", "created_at", "completed_at")) {
      assertThat(shown).containsEntry(key, task.get(key));
    }
  }

  @Test
  void a_task_that_waits_lacks_its_end() {
    // Given
    String later = Instant.now().plusSeconds(3600).toString();
    String waiting =
        given()
            .contentType("application/json")
            .body("{\"type\":\"noop\",\"run_at\":\"%s\"}".formatted(later))
            .post("/api/tasks")
            .then()
            .statusCode(202)
            .extract()
            .path("id");

    // Then
    JsonPath noop = graph("noop", 1);
    assertThat(noop.getString("tasks[0].id")).isEqualTo(waiting);
    assertThat(noop.getString("tasks[0].status")).isEqualTo("pending");
    assertThat(noop.getMap("tasks[0]")).containsEntry("completed_at", null);
    given().post("/api/tasks/" + waiting + "/cancel").then().statusCode(200);
    assertThat(graph("noop", 1).getString("tasks[0].status")).isEqualTo("cancelled");
  }

  @Test
  void an_agent_is_as_it_was_changed_last_until_it_is_gone() {
    // Given
    String agent = agent("graph-before");
    assertThat(graph("graph-before", 5).getList("tasks")).isEmpty();

    // When
    given()
        .contentType("application/json")
        .body("{\"name\":\"graph-after\"}")
        .patch("/api/agents/" + agent)
        .then()
        .statusCode(200);

    // Then
    JsonPath renamed = graph("graph-after", 5);
    assertThat(renamed.getString("agent.id")).isEqualTo(agent);
    assertThat(renamed.getBoolean("complete")).isTrue();
    given().delete("/api/agents/" + agent).then().statusCode(204);
    awaitCopied();
    given().get("/api/graph/agents/" + agent).then().statusCode(404);
  }

  private String agent(String name) {
    return given()
        .contentType("application/json")
        .body("{\"name\":\"%s\",\"type\":\"test\"}".formatted(name))
        .post("/api/agents")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "00000000-0000-7000-8000-00000000ffff"})
  void an_unknown_agent_is_not_found(String id) {
    given()
        .get("/api/graph/agents/" + id)
        .then()
        .statusCode(404)
        .body("code", equalTo("not_found"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "501", "x"})
  void a_limit_out_of_its_bounds_is_refused(String limit) {
    int status =
        given().get("/api/graph/agents/" + UUID.randomUUID() + "?limit=" + limit).statusCode();
    assertThat(status).isIn(400, 404);
  }
}
