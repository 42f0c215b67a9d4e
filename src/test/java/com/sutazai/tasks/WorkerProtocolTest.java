package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents outside of the program: register, take a task, renew its lease, report. */
@QuarkusTest
class WorkerProtocolTest {
  private final String worker = "worker-" + UUID.randomUUID();
  private final String type = "type-" + UUID.randomUUID();

  @BeforeEach
  void register() {
    post(
            "/api/agents/register",
            new JsonObject()
                .put("agent_name", worker)
                .put("agent_type", type)
                .put("capabilities", new JsonArray().add("red")))
        .statusCode(200);
  }

  @Test
  void a_task_is_taken_and_completed_and_the_same_report_again_is_answered_the_same() {
    // Given
    String id = submit(new JsonObject().put("payload", new JsonObject().put("n", 1)));

    // When
    JsonObject taken = next(200);
    ValidatableResponse first =
        complete(taken, new JsonObject().put("result", new JsonObject().put("n", 2)));
    ValidatableResponse again =
        complete(taken, new JsonObject().put("result", new JsonObject().put("n", 2)));

    // Then
    assertThat(taken.getString("id")).isEqualTo(id);
    assertThat(taken.getString("status")).isEqualTo("processing");
    assertThat(taken.getJsonObject("payload").getInteger("n")).isEqualTo(1);
    assertThat(taken.getString("lease_expires_at")).isNotNull();
    first.statusCode(200).body("status", equalTo("completed"));
    again.statusCode(200).body("status", equalTo("completed"));
    given()
        .get("/api/tasks/" + id)
        .then()
        .body("result.n", equalTo(2))
        .body("agent", equalTo(worker));
    next(204);
  }

  @Test
  void a_worker_is_an_agent_like_any_other() {
    given()
        .get("/api/agents?type=" + type)
        .then()
        .body("items.name", hasItem(worker))
        .body("items[0].status", equalTo("active"))
        .body("items[0].built_in", equalTo(false));
  }

  @Test
  void a_failed_try_is_tried_again_and_in_the_end_dead() {
    // Given
    String id = submit(new JsonObject().put("max_retries", 1));

    // When
    fail(next(200), new JsonObject().put("error", "no luck"))
        .statusCode(200)
        .body("status", equalTo("pending"));
    JsonObject second = nextWithin();
    fail(
            second,
            new JsonObject()
                .put("error", new JsonObject().put("code", "late").put("detail", "too late")))
        .statusCode(200)
        .body("status", equalTo("failed"))
        .body("dead", equalTo(true))
        .body("error.code", equalTo("late"));

    // Then
    assertThat(second.getString("id")).isEqualTo(id);
    assertThat(second.getInteger("attempt")).isEqualTo(2);
  }

  @Test
  void what_cannot_succeed_is_not_tried_again() {
    submit(new JsonObject());
    fail(next(200), new JsonObject().put("error", "never").put("retryable", false))
        .body("status", equalTo("failed"))
        .body("dead", equalTo(false))
        .body("error.code", equalTo("worker_failed"))
        .body("error.detail", equalTo("never"));
  }

  @Test
  void a_cancelled_task_is_told_with_the_next_heartbeat_and_its_report_is_refused() {
    // Given
    String id = submit(new JsonObject());
    JsonObject taken = next(200);
    heartbeat(taken).body("cancelled.size()", equalTo(0)).body("lost.size()", equalTo(0));

    // When
    given()
        .contentType("application/json")
        .post("/api/tasks/" + id + "/cancel")
        .then()
        .statusCode(200);

    // Then
    heartbeat(taken).body("cancelled", hasItem(taken.getString("lease")));
    complete(taken, new JsonObject()).statusCode(409).body("code", equalTo("lease_lost"));
    given()
        .get("/api/tasks/" + id)
        .then()
        .body("status", equalTo("cancelled"))
        .body("result", nullValue());
  }

  @Test
  void a_worker_takes_no_more_than_it_said_and_only_what_it_can() {
    submit(new JsonObject());
    submit(new JsonObject());
    JsonObject first = next(200);
    next(204);
    complete(first, new JsonObject()).statusCode(200);
    complete(next(200), new JsonObject()).statusCode(200);

    submit(new JsonObject().put("required_capabilities", new JsonArray().add("red")));
    complete(next(200), new JsonObject()).statusCode(200);
    post(
            "/api/tasks",
            new JsonObject()
                .put("type", type)
                .put("required_capabilities", new JsonArray().add("blue")))
        .statusCode(422)
        .body("code", equalTo("unknown_task_type"));
  }

  @Test
  void asks_at_the_same_time_get_no_more_than_the_worker_takes() throws Exception {
    // Given
    for (int i = 0; i < 40; i++) {
      submit(new JsonObject());
    }

    for (int round = 0; round < 5; round++) {
      // When
      List<JsonObject> taken = new ArrayList<>();
      Callable<List<JsonObject>> ask = this::nextIfAny;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var answer : threads.invokeAll(Collections.nCopies(8, ask))) {
          taken.addAll(answer.get());
        }
      }

      // Then
      assertThat(taken).hasSize(1);
      complete(taken.getFirst(), new JsonObject()).statusCode(200);
    }
  }

  private List<JsonObject> nextIfAny() {
    var answer =
        post("/api/tasks/next/" + type + "?agent_name=" + worker, new JsonObject()).extract();
    return answer.statusCode() == 204 ? List.of() : List.of(new JsonObject(answer.asString()));
  }

  @Test
  void a_worker_that_waits_is_given_a_task_that_comes() throws Exception {
    // Given
    List<Integer> answers = new ArrayList<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () ->
                    answers.add(
                        given()
                            .contentType("application/json")
                            .post("/api/tasks/next/" + type + "?wait=20&agent_name=" + worker)
                            .statusCode()));

    // When
    Thread.sleep(300);
    submit(new JsonObject());
    waiting.join();

    // Then
    assertThat(answers).containsExactly(200);
  }

  @Test
  void a_worker_that_left_while_it_waited_is_given_nothing() throws Exception {
    // Given
    try (Socket socket = new Socket("127.0.0.1", RestAssured.port)) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/tasks/next/"
                      + type
                      + "?wait=20&agent_name="
                      + worker
                      + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(500);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).as("it was noticed").isNegative();
    }

    // When
    submit(new JsonObject());
    Thread.sleep(500);

    // Then
    complete(next(200), new JsonObject()).statusCode(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/api/agents/register|{}|400|agent_name",
        "/api/agents/register|{\"agent_name\":\"noop-worker\",\"agent_type\":\"x\",\"max_concurrent\":0}|400|max_concurrent",
        "/api/agents/heartbeat|{\"agent_name\":\"nobody-knows\"}|404|``",
        "/api/agents/heartbeat|{\"agent_name\":\"nobody-knows\",\"status\":\"asleep\"}|400|status",
        "/api/agents/heartbeat|{\"agent_name\":\"nobody-knows\",\"leases\":[\"x\"]}|400|leases",
        "/api/tasks/next/x?agent_name=nobody-knows|{}|404|``",
        "/api/tasks/next/x|{}|400|agent_name",
        "/api/tasks/next/x?wait=31|{}|400|wait",
        "/api/tasks/complete|{}|400|lease",
        "/api/tasks/complete|{\"lease\":\"a.b\"}|400|lease",
      })
  void bad_input_is_named(String path, String body, int status, String field) {
    var answer = post(path, new JsonObject(body)).statusCode(status);
    if (!field.isEmpty()) {
      answer.body("field", equalTo(field));
    }
  }

  @ParameterizedTest
  @CsvSource({"python3,worker.py", "node,worker.mjs"})
  void the_example_works(String program, String file) throws Exception {
    assumeTrue(isInstalled(program), program + " is not installed");
    // Given
    String name = program + "-" + UUID.randomUUID();
    var builder = new ProcessBuilder(program, "deploy/examples/" + file).redirectErrorStream(true);
    builder.environment().put("SUTAZAI_URL", "http://127.0.0.1:" + RestAssured.port);
    builder.environment().put("WORKER_NAME", name);
    File log = File.createTempFile("worker", ".log");
    Process example = builder.redirectOutput(log).start();
    try {
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> given().get("/api/agents?q=" + name).then().body("items.name", hasItem(name)));

      // When, then
      given()
          .contentType("application/json")
          .header("Prefer", "wait=60")
          .body("{\"type\":\"word_count\",\"payload\":{\"text\":\"three small words\"}}")
          .post("/api/tasks")
          .then()
          .statusCode(200)
          .body("status", equalTo("completed"))
          .body("agent", equalTo(name))
          .body("result.words", equalTo(3));
      given()
          .contentType("application/json")
          .header("Prefer", "wait=60")
          .body("{\"type\":\"word_count\",\"payload\":{}}")
          .post("/api/tasks")
          .then()
          .body("status", equalTo("failed"));
    } finally {
      example.destroyForcibly().waitFor();
      String id = given().get("/api/agents?q=" + name).then().extract().path("items[0].id");
      given()
          .contentType("application/json")
          .body("{\"status\":\"inactive\"}")
          .patch("/api/agents/" + id);
    }
  }

  private static boolean isInstalled(String program) throws Exception {
    try {
      return new ProcessBuilder(program, "--version").start().waitFor() == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private String submit(JsonObject task) {
    return post("/api/tasks", task.put("type", type)).statusCode(202).extract().path("id");
  }

  private JsonObject next(int status) {
    String body =
        post("/api/tasks/next/" + type + "?agent_name=" + worker, new JsonObject())
            .statusCode(status)
            .extract()
            .asString();
    return body.isEmpty() ? new JsonObject() : new JsonObject(body);
  }

  private JsonObject nextWithin() {
    return new JsonObject(
        post("/api/tasks/next/" + type + "?wait=30&agent_name=" + worker, new JsonObject())
            .statusCode(200)
            .extract()
            .asString());
  }

  private ValidatableResponse complete(JsonObject taken, JsonObject report) {
    return report(taken, report.put("status", "completed"));
  }

  private ValidatableResponse fail(JsonObject taken, JsonObject report) {
    return report(taken, report.put("status", "failed"));
  }

  private ValidatableResponse report(JsonObject taken, JsonObject report) {
    return post(
        "/api/tasks/complete",
        report
            .put("task_id", taken.getString("id"))
            .put("lease", taken.getString("lease"))
            .put("agent_name", worker));
  }

  private ValidatableResponse heartbeat(JsonObject taken) {
    return post(
            "/api/agents/heartbeat",
            new JsonObject()
                .put("agent_name", worker)
                .put("leases", new JsonArray().add(taken.getString("lease"))))
        .statusCode(200);
  }

  private static ValidatableResponse post(String path, JsonObject body) {
    return given().contentType("application/json").body(body.encode()).post(path).then();
  }
}
