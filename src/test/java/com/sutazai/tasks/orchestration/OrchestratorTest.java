package com.sutazai.tasks.orchestration;

import static io.restassured.RestAssured.given;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.queue.Seats;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class OrchestratorTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @Inject RelayAgent.First first;
  @Inject RelayAgent.Second second;
  @Inject Seats seats;

  @AfterEach
  void the_default_strategy_again() {
    choose("least_loaded").statusCode(200);
  }

  private static ValidatableResponse choose(String strategy) {
    return given()
        .contentType("application/json")
        .body("{\"strategy\":\"%s\"}".formatted(strategy))
        .put("/api/agents/selection")
        .then();
  }

  private static ValidatableResponse run(String type, String payload) {
    return run("\"type\":\"%s\",\"payload\":%s".formatted(type, payload));
  }

  private static ValidatableResponse run(String fields) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{" + fields + "}")
        .post("/api/tasks")
        .then()
        .statusCode(200);
  }

  private static String submit(String fields) {
    return given()
        .contentType("application/json")
        .body("{" + fields + "}")
        .post("/api/tasks")
        .then()
        .statusCode(202)
        .extract()
        .path("id");
  }

  private static void becomes(String id, String status) {
    Awaitility.await()
        .atMost(LONGEST)
        .until(() -> given().get("/api/tasks/" + id).path("status").equals(status));
  }

  @Test
  void it_tells_who_did_it_and_how_long_it_took() {
    run(
            "orchestrate",
            "{\"type\":\"relay\",\"payload\":{\"a\":1},\"required_capabilities\":[\"spare\"]}")
        .body("status", equalTo("completed"))
        .body("agent", equalTo("ai-agent-orchestrator"))
        .body("result.status", equalTo("completed"))
        .body("result.agent", equalTo("relay-second"))
        .body("result.agent_id", notNullValue())
        .body("result.attempt", equalTo(1))
        .body("result.timings.queue_ms", greaterThanOrEqualTo(0))
        .body("result.timings.run_ms", greaterThanOrEqualTo(0))
        .body("result.result.echo.a", equalTo(1));
  }

  @Test
  void what_it_waits_for_runs_on_the_only_worker_there_is() {
    // Given
    int workers = seats.workers();
    int prefetch = seats.prefetch();
    seats.resize(1, 0);

    // When, then
    try {
      List<String> ids =
          IntStream.range(0, 20)
              .mapToObj(i -> submit("\"type\":\"orchestrate\",\"payload\":{\"type\":\"noop\"}"))
              .toList();
      ids.forEach(id -> becomes(id, "completed"));
    } finally {
      seats.resize(workers, prefetch);
    }
  }

  @Test
  void another_agent_is_preferred_for_the_next_try_and_the_payload_is_kept() {
    // Given
    String payload = "{\"relay-first\":\"fail\",\"a\":[1,2]}";
    choose("priority").statusCode(200);

    // When, then
    for (int i = 0; i < 4; i++) {
      run("orchestrate", "{\"type\":\"relay\",\"payload\":%s}".formatted(payload))
          .body("status", equalTo("completed"))
          .body("result.agent", equalTo("relay-second"))
          .body("result.attempt", org.hamcrest.Matchers.lessThanOrEqualTo(2))
          .body("result.result.echo.a", equalTo(List.of(1, 2)));
    }
  }

  @Test
  void it_tells_why_it_failed_and_who_failed() {
    run(
            "orchestrate",
            "{\"type\":\"relay\",\"payload\":{\"relay-first\":\"fail\"},\"required_capabilities\":[\"first\"],\"max_retries\":1,\"timeout\":20}")
        .body("status", equalTo("failed"))
        .body("error.code", equalTo("relay_failed"))
        .body("error.detail", containsString("Agent relay-first did not complete task "))
        .body("error.detail", containsString("(attempt 2): relay_failed: relay-first will not"));
  }

  @Test
  void a_task_that_is_run_again_runs_again_what_it_led_to() {
    // Given
    String id =
        run(
                "orchestrate",
                "{\"type\":\"relay\",\"agent_id\":\"%s\",\"payload\":{\"relay-first\":\"fail_unless_released\"},\"max_retries\":0}"
                    .formatted(id("relay-first")))
            .body("status", equalTo("failed"))
            .extract()
            .path("id");

    // When
    first.release(1);
    given().contentType("application/json").post("/api/tasks/" + id + "/retry");

    // Then
    becomes(id, "completed");
    given().get("/api/tasks/" + id).then().body("result.agent", equalTo("relay-first"));
  }

  private static String id(String agent) {
    return given()
        .get("/api/agents?q=" + agent)
        .jsonPath()
        .getString("items.find { it.name == '" + agent + "' }.id");
  }

  @Test
  void what_is_handed_on_is_cancelled_with_the_task() {
    // Given
    String id =
        submit(
            "\"type\":\"orchestrate\",\"payload\":{\"type\":\"relay\",\"payload\":{\"relay-first\":\"hold\"},\"required_capabilities\":[\"first\"]}");
    Awaitility.await().atMost(LONGEST).until(() -> running("relay-first") == 1);

    // When
    given().post("/api/tasks/" + id + "/cancel").then().statusCode(200);

    // Then
    Awaitility.await().atMost(LONGEST).until(() -> running("relay-first") == 0);
    assertThat(given().get("/api/tasks?type=relay&limit=1").<String>path("items[0].status"))
        .isEqualTo("cancelled");
  }

  @Test
  void what_is_handed_on_is_cancelled_with_a_task_that_waits_for_its_next_try() {
    // Given
    String id =
        submit(
            "\"type\":\"orchestrate\",\"timeout_seconds\":1,\"max_retries\":20,\"payload\":{\"type\":\"relay\",\"payload\":{\"relay-first\":\"hold\"},\"required_capabilities\":[\"first\"]}");
    Awaitility.await().atMost(LONGEST).until(() -> running("relay-first") == 1);
    Awaitility.await()
        .atMost(LONGEST)
        .until(
            () -> {
              JsonPath task = given().get("/api/tasks/" + id).jsonPath();
              return task.getString("status").equals("pending") && task.getInt("attempt") > 0;
            });

    // When
    given().post("/api/tasks/" + id + "/cancel").then().statusCode(200);

    // Then
    Awaitility.await().atMost(LONGEST).until(() -> running("relay-first") == 0);
  }

  @Test
  void what_is_handed_on_is_cancelled_when_the_last_try_has_used_up_its_time() {
    // When
    String id =
        submit(
            "\"type\":\"orchestrate\",\"timeout_seconds\":5,\"max_retries\":0,\"payload\":{\"type\":\"relay\",\"payload\":{\"relay-first\":\"hold\"},\"required_capabilities\":[\"first\"]}");

    // Then
    becomes(id, "failed");
    given().get("/api/tasks/" + id).then().body("error.code", equalTo("timeout"));
    Awaitility.await().atMost(LONGEST).until(() -> running("relay-first") == 0);
    assertThat(given().get("/api/tasks?type=relay&limit=1").<String>path("items[0].status"))
        .isEqualTo("cancelled");
  }

  private static int running(String agent) {
    return given().get("/api/agents/" + id(agent)).jsonPath().getInt("load.running");
  }

  @Test
  void an_agent_past_its_load_is_given_nothing_more_and_the_reason_is_told() {
    // Given
    String hold =
        "\"type\":\"relay\",\"payload\":{\"relay-second\":\"hold\"},\"required_capabilities\":[\"spare\"]";
    List<String> held = List.of(submit(hold), submit(hold));
    Awaitility.await().atMost(LONGEST).until(() -> running("relay-second") == 2);

    // When, then
    run("\"type\":\"orchestrate\",\"max_retries\":0,\"payload\":{\"type\":\"relay\",\"required_capabilities\":[\"spare\"]}")
        .body("status", equalTo("failed"))
        .body("error.code", equalTo("agents_overloaded"))
        .body("error.detail", containsString("relay-second 1.00"));
    second.release(2);
    held.forEach(id -> becomes(id, "completed"));
  }

  @Test
  void agents_interact_by_name() {
    run(
            "interact",
            "{\"source_agent\":\"relay-first\",\"target_agent\":\"relay-second\",\"data\":{\"x\":true}}")
        .body("status", equalTo("completed"))
        .body("result.source_agent", equalTo("relay-first"))
        .body("result.target_agent", equalTo("relay-second"))
        .body("result.interaction_type", equalTo("request"))
        .body("result.agent", equalTo("relay-second"))
        .body("result.result.echo.x", equalTo(true));
  }

  @Test
  void a_notification_does_not_wait() {
    String id =
        run(
                "interact",
                "{\"source_agent\":\"relay-first\",\"target_agent\":\"relay-second\",\"interaction_type\":\"notification\",\"data\":{}}")
            .body("result.status", equalTo("accepted"))
            .extract()
            .path("result.task_id");
    becomes(id, "completed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "orchestrate | {} | payload.type",
        "orchestrate | {\"type\":\"nothing\"} | payload.type nothing is served by no agent",
        "orchestrate | {\"type\":\"orchestrate\"} | payload.type must not be orchestrate",
        "orchestrate | {\"type\":\"noop\",\"prio\":1} | payload.prio is not a known field",
        "orchestrate | {\"type\":\"noop\",\"priority\":11} | payload.priority",
        "orchestrate | {\"type\":\"noop\",\"priority\":\"high\"} | payload.priority",
        "orchestrate | {\"type\":\"noop\",\"timeout\":0} | payload.timeout_seconds",
        "orchestrate | {\"type\":\"noop\",\"timeout\":1,\"timeout_seconds\":1} | payload.timeout is another word",
        "orchestrate | {\"type\":\"noop\",\"required_capabilities\":[\"magic\"]} | No active agent runs noop",
        "orchestrate | {\"type\":\"noop\",\"agent_id\":\"nobody\"} | nobody",
        "interact | {\"target_agent\":\"noop\"} | payload.source_agent is required",
        "interact | {\"source_agent\":\"noop\",\"target_agent\":\" \"} | payload.target_agent is required",
        "interact | {\"source_agent\":\"noop\",\"target_agent\":\"nobody\"} | payload.target_agent names no agent",
        "interact | {\"source_agent\":\"noop\",\"target_agent\":\"noop\",\"interaction_type\":\"chat\"} | payload.interaction_type must be one of",
        "interact | {\"source_agent\":\"noop\",\"target_agent\":\"task-assignment-coordinator\"} | payload.type is required",
        "set_strategy | {} | payload.strategy is required",
        "set_strategy | {\"strategy\":\"random\"} | payload.strategy must be one of",
        "queue_statistics | {\"x\":1} | payload.x is not a known field"
      })
  void what_cannot_be_done_is_refused_by_field(String type, String payload, String why) {
    run("\"type\":\"%s\",\"payload\":%s,\"max_retries\":0".formatted(type, payload))
        .body("status", equalTo("failed"))
        .body("error.detail", containsString(why));
  }

  @Test
  void round_robin_gives_each_agent_its_turn() {
    // Given
    choose("round_robin").body("strategy", equalTo("round_robin"));

    // When
    List<String> by =
        IntStream.range(0, 6)
            .mapToObj(i -> run("relay", "{}").extract().<String>path("result.by"))
            .toList();

    // Then
    assertThat(by.stream().limit(2).collect(toSet())).hasSize(2);
    assertThat(by.subList(2, 6)).isEqualTo(by.subList(0, 4));
  }

  @Test
  void the_strategy_is_in_the_coordinators_config_and_measured_runs_are_told() {
    // Given
    run("relay", "{}").body("status", equalTo("completed"));

    // When
    run("set_strategy", "{\"strategy\":\"score\"}").body("result.strategy", equalTo("score"));

    // Then
    JsonPath selection =
        given().get("/api/agents/selection").then().statusCode(200).extract().jsonPath();
    assertThat(selection.getString("strategy")).isEqualTo("score");
    assertThat(selection.getInt("agents.findAll { it.task_types == ['relay'] }.sum { it.runs }"))
        .isPositive();
    assertThat(
            given()
                .get("/api/agents/" + id("task-assignment-coordinator"))
                .<String>path("config.strategy"))
        .isEqualTo("score");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|strategy",
        "{\"strategy\":\"fastest\"}|strategy",
      })
  void an_unknown_strategy_is_refused(String body, String field) {
    given()
        .contentType("application/json")
        .body(body)
        .put("/api/agents/selection")
        .then()
        .statusCode(400)
        .body("field", equalTo(field));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "relay-first | {\"config\":{\"priority\":11}} | config.priority",
        "relay-first | {\"config\":{\"priority\":\"high\"}} | config.priority",
        "relay-first | {\"config\":{\"strategy\":\"score\"}} | config.strategy",
        "task-assignment-coordinator | {\"config\":{\"strategy\":\"best\"}} | config.strategy"
      })
  void a_config_that_means_nothing_is_refused(String agent, String patch, String field) {
    given()
        .contentType("application/json")
        .body(patch)
        .patch("/api/agents/" + id(agent))
        .then()
        .statusCode(400)
        .body("field", equalTo(field));
  }

  @Test
  void the_agent_with_the_better_priority_gets_the_tasks() {
    // Given
    priority("relay-second", "1");
    choose("priority");

    // When
    List<String> by =
        IntStream.range(0, 4)
            .mapToObj(i -> run("relay", "{}").extract().<String>path("result.by"))
            .toList();

    // Then
    assertThat(by).containsOnly("relay-second");
    priority("relay-second", "null");
  }

  private static void priority(String agent, String priority) {
    given()
        .contentType("application/json")
        .body("{\"config\":{\"priority\":%s}}".formatted(priority))
        .patch("/api/agents/" + id(agent))
        .then()
        .statusCode(200);
  }

  @Test
  void the_queue_is_told_with_measured_times() {
    // Given
    run("relay", "{}").body("status", equalTo("completed"));

    // When, then
    run("queue_statistics", "{}")
        .body("status", equalTo("completed"))
        .body("result.strategy", equalTo("least_loaded"))
        .body("result.begun.find { it.type == 'relay' }.samples", greaterThanOrEqualTo(1))
        .body("result.begun.find { it.type == 'relay' }.queue_ms.p95", notNullValue())
        .body("result.begun.find { it.type == 'relay' }.run_ms.mean", notNullValue());
  }
}
