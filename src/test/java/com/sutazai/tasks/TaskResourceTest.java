package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class TaskResourceTest {
  @Test
  void a_submitted_task_is_accepted_with_its_place_and_runs() {
    // When
    String id =
        given()
            .contentType("application/json")
            .body("{\"type\":\"noop\",\"payload\":{\"n\":1},\"priority\":7}")
            .post("/api/tasks")
            .then()
            .statusCode(202)
            .header("Location", containsString("/api/tasks/"))
            .body("status", equalTo("pending"))
            .body("payload.n", equalTo(1))
            .body("result", nullValue())
            .body("priority", equalTo(7))
            .extract()
            .path("id");

    // Then
    Task_until_finished(id);
    given()
        .get("/api/tasks/" + id)
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("attempt", equalTo(1))
        .body("agent", equalTo("noop"))
        .body("timings.queue_ms", greaterThanOrEqualTo(0))
        .body("timings.run_ms", greaterThanOrEqualTo(0))
        .body("completed_at", notNullValue());
  }

  private static void Task_until_finished(String id) {
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(60))
        .until(() -> given().get("/api/tasks/" + id).path("completed_at") != null);
  }

  @Test
  void prefer_wait_answers_the_finished_task() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\":\"noop\"}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .header("Preference-Applied", "wait")
        .body("status", equalTo("completed"));
  }

  @Test
  void the_same_idempotency_key_gives_the_first_answer_again() {
    // Given
    String key = UUID.randomUUID().toString();
    String body = "{\"type\":\"noop\",\"payload\":{\"a\":1}}";
    String first =
        given()
            .contentType("application/json")
            .header("Idempotency-Key", key)
            .body(body)
            .post("/api/tasks")
            .asString();

    // When
    var second =
        given()
            .contentType("application/json")
            .header("Idempotency-Key", key)
            .body(body)
            .post("/api/tasks");

    // Then
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(second.asString()).isEqualTo(first);
  }

  @Test
  void what_was_accepted_under_a_key_is_answered_so_also_when_it_would_be_refused_now() {
    // Given
    Accepted accepted =
        accepted(soon -> "{\"type\":\"noop\",\"expires_at\":\"%s\"}".formatted(soon));

    // When
    await().atMost(Duration.ofMinutes(1)).until(() -> Instant.now().isAfter(accepted.soon()));

    // Then
    submitted(accepted.body(), accepted.key())
        .then()
        .statusCode(202)
        .body("id", equalTo(accepted.id()));
    submitted(accepted.body(), UUID.randomUUID().toString()).then().statusCode(400);
  }

  /** A task that was taken in before a moment that is near. */
  private record Accepted(Instant soon, String body, String key, String id) {}

  /** Again until it is taken in before its moment has come, which a slow machine misses. */
  private static Accepted accepted(Function<Instant, String> task) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              Instant soon = Instant.now().plusMillis(500);
              String body = task.apply(soon);
              String key = UUID.randomUUID().toString();
              Response answer = submitted(body, key);
              return answer.statusCode() == 202
                  ? Optional.of(new Accepted(soon, body, key, answer.path("id")))
                  : Optional.<Accepted>empty();
            },
            Optional::isPresent)
        .orElseThrow();
  }

  private static Response submitted(String body, String key) {
    return given()
        .contentType("application/json")
        .header("Idempotency-Key", key)
        .body(body)
        .post("/api/tasks");
  }

  @Test
  void an_idempotency_key_with_another_body_is_refused() {
    // Given
    String key = UUID.randomUUID().toString();
    given()
        .contentType("application/json")
        .header("Idempotency-Key", key)
        .body("{\"type\":\"noop\"}")
        .post("/api/tasks");

    // When, then
    given()
        .contentType("application/json")
        .header("Idempotency-Key", key)
        .body("{\"type\":\"noop\",\"priority\":1}")
        .post("/api/tasks")
        .then()
        .statusCode(422)
        .body("code", equalTo("idempotency_key_reused"));
  }

  private static Response submittedTogether(String tasks, String key) {
    return given()
        .contentType("application/json")
        .header("Idempotency-Key", key)
        .body("{\"tasks\":[" + tasks + "]}")
        .post("/api/tasks/bulk");
  }

  @Test
  void many_tasks_under_the_same_idempotency_key_are_left_once() {
    // Given
    String key = UUID.randomUUID().toString();
    String tasks = "{\"type\":\"noop\",\"payload\":{\"a\":1}},{\"type\":\"noop\"}";
    Response first = submittedTogether(tasks, key);
    assertThat(first.then().statusCode(202).extract().<List<?>>path("ids")).hasSize(2);
    assertThat(first.header("Idempotency-Replayed")).isNull();

    // When
    Response second = submittedTogether(tasks, key);

    // Then
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(second.asString()).isEqualTo(first.asString());
    submittedTogether("{\"type\":\"noop\"}", key)
        .then()
        .statusCode(422)
        .body("code", equalTo("idempotency_key_reused"));
    submittedTogether("{\"type\":\"noop\"}", "").then().statusCode(400);
  }

  @Test
  void many_tasks_that_are_refused_leave_their_idempotency_key_free() {
    // Given
    String key = UUID.randomUUID().toString();
    submittedTogether("{\"type\":\"noop\"},{\"type\":\"nobody\"}", key).then().statusCode(422);

    // When, then
    submittedTogether("{\"type\":\"noop\"}", key).then().statusCode(202).body("ids", hasSize(1));
  }

  @Test
  void a_task_for_later_can_be_cancelled_once_and_again_and_then_run() {
    // Given
    String id =
        given()
            .contentType("application/json")
            .body(
                "{\"type\":\"noop\",\"run_at\":\""
                    + java.time.Instant.now().plusSeconds(3600)
                    + "\"}")
            .post("/api/tasks")
            .path("id");

    // When, then
    given()
        .post("/api/tasks/" + id + "/retry")
        .then()
        .statusCode(409)
        .body("code", equalTo("wrong_state"));
    given()
        .post("/api/tasks/" + id + "/cancel")
        .then()
        .statusCode(200)
        .body("status", equalTo("cancelled"));
    given()
        .post("/api/tasks/" + id + "/cancel")
        .then()
        .statusCode(200)
        .body("status", equalTo("cancelled"));
    given().get("/api/tasks?status=cancelled").then().body("items.id", hasItem(id));
    given().post("/api/tasks/" + id + "/retry").then().statusCode(202);
    Task_until_finished(id);
    given().get("/api/tasks?status=cancelled").then().body("items.id", not(hasItem(id)));
    given()
        .post("/api/tasks/" + id + "/cancel")
        .then()
        .statusCode(409)
        .body("code", equalTo("wrong_state"));
  }

  @Test
  void lists_page_by_cursor_without_payloads() {
    // Given
    given()
        .contentType("application/json")
        .body("{\"tasks\":[{\"type\":\"noop\"},{\"type\":\"noop\"},{\"type\":\"noop\"}]}")
        .post("/api/tasks/bulk")
        .then()
        .statusCode(202)
        .body("ids", hasSize(3));

    // When
    var first =
        given()
            .get("/api/v1/tasks?limit=2")
            .then()
            .statusCode(200)
            .body("items", hasSize(2))
            .extract();
    var second =
        given()
            .get("/api/tasks?limit=2&cursor=" + first.path("next_cursor"))
            .then()
            .statusCode(200)
            .extract();

    // Then
    assertThat((String) second.path("items[0].id")).isLessThan(first.path("items[1].id"));
    assertThat(first.asString()).doesNotContain("\"payload\"", "\"result\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":|400|invalid_json",
        "[]|400|invalid_request",
        "{}|400|invalid_request",
        "{\"type\":\"\"}|400|invalid_request",
        "{\"type\":\"nobody\"}|422|unknown_task_type",
        "{\"type\":\"noop\",\"colour\":1}|400|invalid_request",
        "{\"type\":\"noop\",\"priority\":11}|400|invalid_request",
        "{\"type\":\"noop\",\"priority\":\"high\"}|400|invalid_request",
        "{\"type\":\"noop\",\"max_retries\":-1}|400|invalid_request",
        "{\"type\":\"noop\",\"timeout_seconds\":0}|400|invalid_request",
        "{\"type\":\"noop\",\"run_at\":\"tomorrow\"}|400|invalid_request",
        "{\"type\":\"noop\",\"payload\":{\"a\":\"\\u0000\"}}|400|invalid_request",
        "{\"type\":\"noop\",\"required_capabilities\":[\"flying\"]}|422|no_capable_agent",
        "{\"type\":\"noop\",\"agent_id\":\"x\"}|404|not_found",
      })
  void bad_input_is_named(String body, int status, String code) {
    given()
        .contentType("application/json")
        .body(body)
        .post("/api/tasks")
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("code", equalTo(code));
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0,400",
    "limit=501,400",
    "limit=-3,400",
    "limit=many,400",
    "cursor=forged,400",
    "cursor=AAAA,400",
    "status=odd,400",
    "type=%00,400",
    "agent_id=1,404",
    "dead=true,200"
  })
  void bad_list_parameters_are_named(String query, int status) {
    given().urlEncodingEnabled(false).get("/api/tasks?" + query).then().statusCode(status);
  }

  @Test
  void a_payload_past_its_limit_is_refused() {
    given()
        .contentType("application/json")
        .body("{\"type\":\"noop\",\"payload\":\"" + "x".repeat(1 << 20) + "\"}")
        .post("/api/tasks")
        .then()
        .statusCode(413)
        .body("code", equalTo("payload_too_large"))
        .body("detail", containsString("sutazai.http.max-body"));
  }

  @Test
  void deep_nesting_is_refused() {
    given()
        .contentType("application/json")
        .body("{\"type\":\"noop\",\"payload\":" + "[".repeat(5000) + "]".repeat(5000) + "}")
        .post("/api/tasks")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid_json"));
  }

  @Test
  void a_task_that_is_not_begun_in_time_expires() {
    Instant later = Instant.now().plus(1, ChronoUnit.HOURS);
    String id =
        accepted(
                soon ->
                    "{\"type\":\"noop\",\"run_at\":\"%s\",\"expires_at\":\"%s\"}"
                        .formatted(later, soon))
            .id();

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                given()
                    .get("/api/tasks/" + id)
                    .then()
                    .body("status", equalTo("failed"))
                    .body("error.code", equalTo("expired"))
                    .body("dead", equalTo(false)));
  }

  @Test
  void a_chain_runs_in_order() {
    // Given: the first one ends when its worker says so
    String worker = "chain-" + UUID.randomUUID();
    asWorker(
        "/api/agents/register",
        "{\"agent_name\":\"%s\",\"agent_type\":\"%s\"}".formatted(worker, worker));
    String first = submit("{\"type\":\"%s\"}".formatted(worker));
    String second = submit("{\"type\":\"noop\",\"depends_on\":[\"" + first + "\"]}");
    String third =
        submit("{\"type\":\"noop\",\"depends_on\":[\"" + first + "\",\"" + second + "\"]}");
    String lease =
        asWorker("/api/tasks/next/" + worker + "?wait=30&agent_name=" + worker, "{}").path("lease");
    given().get("/api/tasks/" + third).then().body("status", equalTo("pending"));

    // When
    asWorker(
        "/api/tasks/complete",
        "{\"task_id\":\"%s\",\"lease\":\"%s\",\"agent_name\":\"%s\",\"status\":\"completed\"}"
            .formatted(first, lease, worker));

    // Then
    Instant ended = Instant.parse(finished(third).getString("started_at"));

    assertThat(Instant.parse(finished(second).getString("completed_at"))).isBeforeOrEqualTo(ended);
    assertThat(finished(first).getString("status")).isEqualTo("completed");
    assertThat(finished(third).getString("status")).isEqualTo("completed");
  }

  private static Response asWorker(String path, String body) {
    Response answer = given().contentType("application/json").body(body).post(path);
    answer.then().statusCode(200);
    return answer;
  }

  @Test
  void what_depends_on_a_cancelled_task_is_cancelled() {
    // Given
    String first = later();
    String second = submit("{\"type\":\"noop\",\"depends_on\":[\"" + first + "\"]}");
    String third = submit("{\"type\":\"noop\",\"depends_on\":[\"" + second + "\"]}");

    // When
    given().contentType("application/json").post("/api/tasks/" + first + "/cancel");

    // Then
    for (String id : List.of(second, third)) {
      JsonObject task = finished(id);
      assertThat(task.getString("status")).isEqualTo("cancelled");
      assertThat(task.getJsonObject("error").getString("code")).isEqualTo("dependency_failed");
    }
    given()
        .get("/api/tasks?status=cancelled")
        .then()
        .body("items.id", hasItems(first, second, third));
  }

  @Test
  void a_dependency_that_is_no_task_is_refused_and_nothing_is_stored() {
    given()
        .contentType("application/json")
        .body("{\"type\":\"noop\",\"depends_on\":[\"" + UUID.randomUUID() + "\"]}")
        .post("/api/tasks")
        .then()
        .statusCode(400)
        .body("field", equalTo("depends_on"));
  }

  @Test
  void unfinished_tasks_are_counted_by_type() {
    // Given
    String id = later();

    // When, then
    JsonObject statistics = new JsonObject(given().get("/api/tasks/stats").asString());
    JsonObject noop =
        statistics.getJsonArray("types").stream()
            .map(JsonObject.class::cast)
            .filter(type -> type.getString("type").equals("noop"))
            .findFirst()
            .orElseThrow();
    assertThat(noop.getLong("later")).isPositive();
    assertThat(noop.getLong("limit")).isEqualTo(100_000);
    given().contentType("application/json").post("/api/tasks/" + id + "/cancel");
  }

  @Test
  void many_tasks_are_run_again_and_those_that_cannot_be_are_named() {
    // Given
    String ended = submit("{\"type\":\"noop\"}");
    finished(ended);
    String waiting = later();
    String unknown = UUID.randomUUID().toString();

    // When, then
    given()
        .contentType("application/json")
        .body("{\"ids\":[\"%s\",\"%s\",\"%s\"]}".formatted(ended, waiting, unknown))
        .post("/api/tasks/retry")
        .then()
        .statusCode(200)
        .body("retried", equalTo(List.of(ended)))
        .body("refused", equalTo(List.of(waiting, unknown)));
    assertThat(finished(ended).getString("status")).isEqualTo("completed");
    given().contentType("application/json").post("/api/tasks/" + waiting + "/cancel");
  }

  private static String submit(String body) {
    return given()
        .contentType("application/json")
        .body(body)
        .post("/api/tasks")
        .then()
        .statusCode(202)
        .extract()
        .path("id");
  }

  private static String later() {
    return submit(
        "{\"type\":\"noop\",\"run_at\":\"%s\"}".formatted(Instant.now().plus(1, ChronoUnit.HOURS)));
  }

  private static JsonObject finished(String id) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> new JsonObject(given().get("/api/tasks/" + id).asString()),
            task -> task.getString("completed_at") != null);
  }
}
