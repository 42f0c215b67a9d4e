package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Ports;
import com.sutazai.testing.Receiver;
import com.sutazai.testing.Receiver.Answer;
import com.sutazai.testing.Receiver.Call;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever asked for it is told that a task has ended, whatever way it ended. */
@Slow
@QuarkusTest
class CallbackTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Answer OK = new Answer(200, "", Map.of());

  private final Receiver receiver = Receiver.start();
  private final Tasks tasks;
  private final Database database;

  CallbackTest(Tasks tasks, Database database) {
    this.tasks = tasks;
    this.database = database;
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void a_completed_task_is_told_once_with_what_reading_it_answers() {
    // When
    String id = submit("noop", receiver.url("/hook?token=secret"), "");

    // Then
    untilStatus(id, "delivered");
    assertThat(receiver.calls()).hasSize(1);
    Call call = receiver.calls().getFirst();
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.target()).isEqualTo("/hook?token=secret");
    assertThat(call.headers())
        .containsEntry("content-type", "application/json")
        .containsEntry("webhook-id", id + "_1")
        .containsEntry("host", "127.0.0.1:" + receiver.port());
    assertThat(call.body()).isEqualTo(given().get("/api/tasks/" + id).asString());
    assertThat(new JsonObject(call.body()).getString("status")).isEqualTo("completed");
  }

  @Test
  void a_callback_is_signed_with_the_secret_that_is_told() throws Exception {
    // Given
    String secret =
        given()
            .get("/api/tasks/callback-secret")
            .then()
            .statusCode(200)
            .header("Cache-Control", equalTo("no-store"))
            .extract()
            .path("secret");

    // When
    String id = submit("noop", receiver.url("/"), "");

    // Then
    untilStatus(id, "delivered");
    Call call = receiver.calls().getFirst();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
    String signed =
        call.headers().get("webhook-id")
            + "."
            + call.headers().get("webhook-timestamp")
            + "."
            + call.body();
    assertThat(call.headers().get("webhook-signature"))
        .isEqualTo(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    assertThat(Long.parseLong(call.headers().get("webhook-timestamp")))
        .isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.data.Offset.offset(300L));
  }

  @Test
  void a_receiver_that_fails_is_tried_again_with_the_same_id() {
    // Given
    AtomicInteger tries = new AtomicInteger();
    receiver.behave(call -> new Answer(tries.incrementAndGet() < 3 ? 500 : 200, "", Map.of()));

    // When
    String id = submit("noop", receiver.url("/hook?token=secret"), "");

    // Then
    untilStatus(id, "delivered");
    given()
        .get("/api/tasks/" + id + "/callback")
        .then()
        .body("attempts", equalTo(3))
        .body("last_status", equalTo(200))
        .body("last_error", nullValue())
        .body("next_attempt_at", nullValue())
        .body("delivered_at", notNullValue())
        .body("url", equalTo(receiver.url("/hook")));
    assertThat(receiver.calls())
        .hasSize(3)
        .allSatisfy(call -> assertThat(call.headers()).containsEntry("webhook-id", id + "_1"));
  }

  @Test
  void a_receiver_that_never_takes_it_is_given_up() {
    // Given
    receiver.answer(503);

    // When
    String id = submit("noop", receiver.url("/"), "");

    // Then
    untilStatus(id, "failed");
    given()
        .get("/api/tasks/" + id + "/callback")
        .then()
        .body("attempts", equalTo(4))
        .body("last_status", equalTo(503))
        .body("last_error", containsString("503"));
    assertThat(receiver.calls()).hasSize(4);
    given()
        .get("/metrics")
        .then()
        .body(containsString("task_callbacks_total{outcome=\"failed\"}"))
        .body(containsString("task_callbacks_total{outcome=\"retried\"}"));
  }

  @Test
  void a_receiver_that_is_gone_is_not_tried_again() {
    // Given
    receiver.answer(410);

    // When
    String id = submit("noop", receiver.url("/"), "");

    // Then
    untilStatus(id, "failed");
    assertThat(receiver.calls()).hasSize(1);
  }

  @Test
  void a_receiver_that_is_not_there_is_given_up_with_the_reason() throws Exception {
    // Given
    String nobody = "http://127.0.0.1:" + Ports.free() + "/";

    // When
    String id = submit("noop", nobody, "");

    // Then
    untilStatus(id, "failed");
    given()
        .get("/api/tasks/" + id + "/callback")
        .then()
        .body("last_status", nullValue())
        .body("last_error", containsString("cannot be connected to"));
  }

  @Test
  void redirects_are_not_followed() {
    // Given
    receiver.behave(call -> new Answer(307, "", Map.of("Location", receiver.url("/elsewhere"))));

    // When
    String id = submit("noop", receiver.url("/here"), "");

    // Then
    untilStatus(id, "failed");
    assertThat(receiver.calls()).extracting(Call::target).containsOnly("/here");
  }

  @Test
  void an_answer_without_end_is_not_read_to_its_end() {
    // Given
    receiver.behave(call -> new Answer(200, "x".repeat(10 << 20), Map.of()));

    // When
    String id = submit("noop", receiver.url("/"), "");

    // Then
    untilStatus(id, "delivered");
  }

  @Test
  void a_slow_receiver_does_not_hold_up_the_others() {
    // Given
    CountDownLatch enough = new CountDownLatch(1);
    try (Receiver slow = Receiver.start()) {
      slow.behave(call -> after(enough));
      bulk(50, slow.url("/"));
      await().atMost(PATIENCE).until(() -> slow.calls().size() >= 3);

      // When
      String id = submit("noop", receiver.url("/"), "");

      // Then
      untilStatus(id, "delivered");
      assertThat(slow.calls()).hasSize(3);
      enough.countDown();
      await().atMost(PATIENCE).until(() -> slow.calls().size() >= 50);
    }
  }

  @Test
  void an_owner_with_many_callbacks_to_a_receiver_does_not_hold_up_another_owners() {
    // Given
    CountDownLatch enough = new CountDownLatch(1);
    receiver.behave(call -> call.target().equals("/slow") ? after(enough) : OK);
    bulk(50, receiver.url("/slow"));
    await().atMost(PATIENCE).until(() -> receiver.calls().size() >= 3);

    // When
    submitAs(other(), receiver.url("/other"));

    // Then
    await().atMost(PATIENCE).until(() -> targets().contains("/other"));
    assertThat(targets()).containsExactly("/slow", "/slow", "/slow", "/other");
    enough.countDown();
    await().atMost(PATIENCE).until(() -> receiver.calls().size() > 50);
  }

  @Test
  void an_owner_with_many_slow_receivers_leaves_places_to_others() {
    // Given
    CountDownLatch enough = new CountDownLatch(1);
    List<Receiver> slow = Stream.generate(Receiver::start).limit(4).toList();
    slow.forEach(
        each -> {
          each.behave(call -> after(enough));
          bulk(10, each.url("/"));
        });
    await().atMost(PATIENCE).until(() -> slow.stream().mapToInt(r -> r.calls().size()).sum() >= 7);

    // When
    submitAs(other(), receiver.url("/other"));

    // Then
    await().atMost(PATIENCE).until(() -> targets().contains("/other"));
    assertThat(slow.stream().mapToInt(each -> each.calls().size()).sum()).isEqualTo(7);
    enough.countDown();
    await().atMost(PATIENCE).until(() -> slow.stream().allMatch(r -> r.calls().size() >= 10));
    slow.forEach(Receiver::close);
  }

  private static Answer after(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return OK;
  }

  private static void bulk(int tasks, String url) {
    String bulk = ("{\"type\":\"noop\",\"callback_url\":\"" + url + "\"},").repeat(tasks);
    post("/api/tasks/bulk", "{\"tasks\":[" + bulk.substring(0, bulk.length() - 1) + "]}");
  }

  private Caller other() {
    UUID owner = UUID.randomUUID();
    database.update(
        Statement.of("test.owner", "INSERT INTO owners (id, name) VALUES ($1, $2)"),
        owner,
        "callbacks " + owner);
    return new Caller(owner, "other", false);
  }

  private void submitAs(Caller caller, String url) {
    tasks.submit(
        caller,
        new SubmitTask("noop", null, null, null, null, null, null, null, null, null, url),
        null);
  }

  private List<String> targets() {
    return receiver.calls().stream().map(Call::target).toList();
  }

  @Test
  void a_cancelled_task_is_told() {
    // Given
    String id = submit("noop", receiver.url("/"), ",\"run_at\":\"" + later() + "\"");
    given()
        .get("/api/tasks/" + id + "/callback")
        .then()
        .body("status", equalTo("waiting"))
        .body("attempts", equalTo(0))
        .body("next_attempt_at", nullValue());

    // When
    given().contentType("application/json").post("/api/tasks/" + id + "/cancel");

    // Then
    untilStatus(id, "delivered");
    assertThat(told()).containsExactly("cancelled");
  }

  @Test
  void an_expired_task_is_told() {
    String id =
        submit(
            "noop",
            receiver.url("/"),
            ",\"run_at\":\"%s\",\"expires_at\":\"%s\"".formatted(later(), later()));
    database.update(
        Statement.of("test.expire", "UPDATE jobs SET expires_at = now() WHERE task_id = $1"),
        UUID.fromString(id));

    untilStatus(id, "delivered");
    assertThat(told()).containsExactly("failed");
    assertThat(
            new JsonObject(receiver.calls().getFirst().body())
                .getJsonObject("error")
                .getString("code"))
        .isEqualTo("expired");
  }

  @Test
  void a_failed_task_is_told() {
    String id = submit("data_processing", receiver.url("/"), ",\"payload\":{\"csv\":7}");

    untilStatus(id, "delivered");
    assertThat(told()).containsExactly("failed");
  }

  @Test
  void what_depends_on_a_cancelled_task_is_told() {
    // Given
    String first = submit("noop", receiver.url("/first"), ",\"run_at\":\"" + later() + "\"");
    String second = submit("noop", receiver.url("/second"), ",\"depends_on\":[\"" + first + "\"]");

    // When
    given().contentType("application/json").post("/api/tasks/" + first + "/cancel");

    // Then
    untilStatus(first, "delivered");
    untilStatus(second, "delivered");
    assertThat(told()).containsExactlyInAnyOrder("cancelled", "cancelled");
  }

  @Test
  void what_a_worker_reports_is_told() {
    // Given
    String type = "type-" + UUID.randomUUID();
    post(
        "/api/agents/register",
        "{\"agent_name\":\"%s\",\"agent_type\":\"%s\"}".formatted(type, type));
    String id = submit(type, receiver.url("/"), "");
    JsonObject taken =
        new JsonObject(post("/api/tasks/next/" + type + "?agent_name=" + type, "{}"));

    // When
    post(
        "/api/tasks/complete",
        "{\"task_id\":\"%s\",\"lease\":\"%s\",\"agent_name\":\"%s\",\"status\":\"completed\",\"result\":7}"
            .formatted(id, taken.getString("lease"), type));

    // Then
    untilStatus(id, "delivered");
    assertThat(new JsonObject(receiver.calls().getFirst().body()).getInteger("result"))
        .isEqualTo(7);
  }

  @Test
  void a_task_that_is_run_again_calls_back_again() {
    // Given
    String id = submit("noop", receiver.url("/"), "");
    untilStatus(id, "delivered");

    // When
    given().post("/api/tasks/" + id + "/retry").then().statusCode(202);

    // Then
    await().atMost(PATIENCE).until(() -> receiver.calls().size() == 2);
    untilStatus(id, "delivered");
    assertThat(receiver.calls())
        .extracting(call -> call.headers().get("webhook-id"))
        .containsExactly(id + "_1", id + "_2");
  }

  @Test
  void a_task_that_is_run_again_before_it_was_told_is_told_of_its_next_end_only() throws Exception {
    // Given
    CountDownLatch first = new CountDownLatch(1);
    receiver.behave(
        call -> {
          try {
            first.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new Answer(500, "", Map.of());
        });
    String id = submit("noop", receiver.url("/"), ",\"run_at\":\"" + later() + "\"");
    given().contentType("application/json").post("/api/tasks/" + id + "/cancel");
    await().atMost(PATIENCE).until(() -> receiver.calls().size() == 1);

    // When
    given().post("/api/tasks/" + id + "/retry").then().statusCode(202);
    receiver.answer(200);
    first.countDown();

    // Then
    untilStatus(id, "delivered");
    assertThat(receiver.calls())
        .extracting(call -> call.headers().get("webhook-id"))
        .containsExactly(id + "_1", id + "_2");
    assertThat(told()).containsExactly("cancelled", "completed");
  }

  @Test
  void a_bulk_with_and_without_callbacks_tells_those_that_asked() {
    // When
    List<String> ids =
        given()
            .contentType("application/json")
            .body(
                "{\"tasks\":[{\"type\":\"noop\",\"callback_url\":\"%s\"},{\"type\":\"noop\"},{\"type\":\"noop\",\"callback_url\":\"%s\"}]}"
                    .formatted(receiver.url("/a"), receiver.url("/b")))
            .post("/api/tasks/bulk")
            .then()
            .statusCode(202)
            .extract()
            .path("ids");

    // Then
    untilStatus(ids.get(0), "delivered");
    untilStatus(ids.get(2), "delivered");
    given().get("/api/tasks/" + ids.get(1) + "/callback").then().statusCode(404);
    assertThat(receiver.calls()).extracting(Call::target).containsExactlyInAnyOrder("/a", "/b");
  }

  @Test
  void a_bad_address_is_named() {
    given()
        .contentType("application/json")
        .body("{\"type\":\"noop\",\"callback_url\":\"ftp://example.com\"}")
        .post("/api/tasks")
        .then()
        .statusCode(400)
        .body("field", equalTo("callback_url"))
        .body("detail", containsString("http://"));
    given()
        .contentType("application/json")
        .body("{\"tasks\":[{\"type\":\"noop\"},{\"type\":\"noop\",\"callback_url\":\"\"}]}")
        .post("/api/tasks/bulk")
        .then()
        .statusCode(400)
        .body("field", equalTo("tasks[1].callback_url"));
  }

  private List<String> told() {
    return receiver.calls().stream()
        .map(call -> new JsonObject(call.body()).getString("status"))
        .toList();
  }

  private static Instant later() {
    return Instant.now().plus(1, ChronoUnit.HOURS);
  }

  private static String submit(String type, String url, String fields) {
    return new JsonObject(
            post(
                "/api/tasks",
                "{\"type\":\"%s\",\"callback_url\":\"%s\"%s}".formatted(type, url, fields)))
        .getString("id");
  }

  private static String post(String path, String body) {
    return given()
        .contentType("application/json")
        .body(body)
        .post(path)
        .then()
        .statusCode(org.hamcrest.Matchers.lessThan(300))
        .extract()
        .asString();
  }

  private static void untilStatus(String id, String status) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                given()
                    .get("/api/tasks/" + id + "/callback")
                    .then()
                    .body("status", equalTo(status)));
  }
}
