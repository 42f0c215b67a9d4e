package com.sutazai.gateway.batch;

import static com.sutazai.gateway.batch.Client.LONG;
import static io.restassured.RestAssured.given;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.gateway.batch.BatchTasks.Slice;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Slow
@QuarkusTest
@TestProfile(BatchProfile.class)
class BatchTest {
  private final FakeCalls calls;
  private final Slices slices;
  private final Database database;
  private final CountDownLatch held = new CountDownLatch(1);

  BatchTest(FakeCalls calls, Slices slices, Database database) {
    this.calls = calls;
    this.slices = slices;
    this.database = database;
  }

  @BeforeEach
  void reset() {
    calls.reset();
  }

  @AfterEach
  void letGo() {
    held.countDown();
  }

  private static void assertEachOnce(List<JsonObject> lines, int count) {
    assertThat(lines).hasSize(count);
    assertThat(Client.ids(lines)).hasSize(count);
  }

  private static JsonObject counts(int total, int completed, int failed) {
    return new JsonObject().put("total", total).put("completed", completed).put("failed", failed);
  }

  @Test
  void a_batch_ends_with_its_answers_and_its_errors_in_two_files() {
    // Given
    calls.script(
        input -> input.equals("a-2") ? FakeCalls.reply(400, "bad") : FakeCalls.echo(input));

    // When
    String id = Client.begin(Client.lines("a", 3));

    // Then
    JsonObject batch = Client.awaitEnd(id);
    assertThat(batch.getString("status")).isEqualTo("completed");
    assertThat(batch.getString("object")).isEqualTo("batch");
    assertThat(batch.getJsonObject("request_counts")).isEqualTo(counts(3, 2, 1));
    assertThat(batch.getJsonObject("metadata").getString("kind")).isEqualTo("test");
    for (String time : List.of("created_at", "in_progress_at", "finalizing_at", "completed_at")) {
      assertThat(batch.getLong(time)).as(time).isPositive();
    }
    assertThat(batch.getLong("expires_at") - batch.getLong("created_at")).isEqualTo(86_400);
    Map<String, JsonObject> answers =
        Client.read(batch, "output_file_id").stream()
            .collect(toMap(line -> line.getString("custom_id"), line -> line));
    assertThat(answers.keySet()).containsExactlyInAnyOrder("id-1", "id-3");
    JsonObject first = requireNonNull(answers.get("id-1"));
    assertThat(first.getString("id")).startsWith("batch_req_");
    assertThat(first.getValue("error")).isNull();
    assertThat(first.getJsonObject("response").getInteger("status_code")).isEqualTo(200);
    assertThat(first.getJsonObject("response").getString("request_id")).isNotBlank();
    assertThat(first.getJsonObject("response").getJsonObject("body").getString("text"))
        .isEqualTo("a-1");
    JsonObject error = Client.read(batch, "error_file_id").getFirst();
    assertThat(error.getString("custom_id")).isEqualTo("id-2");
    assertThat(error.getJsonObject("response").getInteger("status_code")).isEqualTo(400);
    given()
        .get("/v1/files/" + batch.getString("output_file_id"))
        .then()
        .body("purpose", org.hamcrest.Matchers.equalTo("batch_output"));
  }

  @Test
  void each_line_of_a_long_batch_is_answered_once_and_few_are_asked_at_once() {
    // Given
    CountDownLatch four = new CountDownLatch(4);
    calls.script(
        input -> {
          four.countDown();
          assertThat(four.await(60, TimeUnit.SECONDS)).isTrue();
          return FakeCalls.echo(input);
        });
    List<String> lines =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(i -> Client.line("id-" + i, "long-" + i + "é".repeat(150)))
            .toList();

    // When
    String id = Client.begin(lines);

    // Then
    JsonObject batch = Client.awaitEnd(id);
    assertThat(batch.getJsonObject("request_counts")).isEqualTo(counts(1000, 1000, 0));
    List<JsonObject> answers = Client.read(batch, "output_file_id");
    assertEachOnce(answers, 1000);
    assertThat(answers)
        .allMatch(
            line ->
                line.getJsonObject("response")
                    .getJsonObject("body")
                    .getString("text")
                    .equals("long-" + line.getString("custom_id").substring(3) + "é".repeat(150)));
    assertThat(calls.mostAtOnce()).isEqualTo(4);
    assertThat(batch.getValue("error_file_id")).isNull();
    assertThat(left(id)).isZero();
  }

  /** Rows about lines, which go with the batch's end. */
  private long left(String id) {
    return database
        .query(
            Statement.of(
                "test.left",
                """
                SELECT (SELECT count(*) FROM batch_lines WHERE batch_id = $1)
                       + (SELECT count(*) FROM batch_slices WHERE batch_id = $1) AS rows
                """),
            WireId.parseBatch(id))
        .getFirst()
        .getLong("rows");
  }

  @Test
  void a_busy_model_is_asked_again_and_holds_up_no_other_line() {
    // Given
    Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
    calls.script(
        input -> {
          int before = tries.computeIfAbsent(input, i -> new AtomicInteger()).getAndIncrement();
          int status = input.endsWith("5") ? 503 : 429;
          return input.endsWith("5") && before < 6 || input.endsWith("7") && before < 1
              ? FakeCalls.reply(status, "busy")
              : FakeCalls.echo(input);
        });

    // When
    String id = Client.begin(Client.lines("busy", 200));

    // Then
    JsonObject batch = Client.awaitEnd(id);
    assertThat(batch.getJsonObject("request_counts")).isEqualTo(counts(200, 200, 0));
    assertEachOnce(Client.read(batch, "output_file_id"), 200);
    assertThat(calls.asked("busy-15")).isEqualTo(7);
    assertThat(calls.asked("busy-17")).isEqualTo(2);
    assertThat(calls.asked("busy-16")).isEqualTo(1);
  }

  @Test
  void a_line_that_can_never_be_answered_leaves_only_itself() {
    // Given
    calls.script(
        input -> input.equals("never-1") ? FakeCalls.reply(503, "away") : FakeCalls.echo(input));

    // When
    String id = Client.begin(Client.lines("never", 100));

    // Then
    await()
        .atMost(LONG)
        .until(
            () -> Client.batch(id).getJsonObject("request_counts").getInteger("completed") == 99);
    given().post("/v1/batches/" + id + "/cancel").then().statusCode(200);
    assertEachOnce(Client.read(Client.awaitEnd(id), "output_file_id"), 99);
  }

  @Test
  void slices_without_any_answer_let_the_others_begin() {
    // Given
    calls.script(
        input ->
            Integer.parseInt(input.substring(5)) <= 20
                ? FakeCalls.reply(503, "away")
                : FakeCalls.echo(input));

    // When
    String id = Client.begin(Client.lines("away", 31));

    // Then
    await()
        .atMost(LONG)
        .until(
            () -> Client.batch(id).getJsonObject("request_counts").getInteger("completed") == 11);
    given().post("/v1/batches/" + id + "/cancel").then().statusCode(200);
    assertEachOnce(Client.read(Client.awaitEnd(id), "output_file_id"), 11);
  }

  @Test
  void counts_grow_while_it_runs() {
    // Given
    hold("grow-20");

    // When
    String id = Client.begin(Client.lines("grow", 40));

    // Then
    await()
        .atMost(LONG)
        .until(() -> Client.batch(id).getJsonObject("request_counts").getInteger("completed") > 0);
    JsonObject batch = Client.batch(id);
    assertThat(batch.getString("status")).isEqualTo("in_progress");
    assertThat(batch.getJsonObject("request_counts").getInteger("total")).isEqualTo(40);
    assertThat(batch.getValue("output_file_id")).isNull();
    held.countDown();
    assertThat(Client.awaitEnd(id).getJsonObject("request_counts")).isEqualTo(counts(40, 40, 0));
  }

  /** Lets nobody have the answer to the input before it is let go. */
  private void hold(String held) {
    calls.script(
        input -> {
          if (input.equals(held)) {
            this.held.await();
          }
          return FakeCalls.echo(input);
        });
  }

  @Test
  void a_cancel_stops_lines_that_are_asked_and_keeps_those_that_are_answered() {
    // Given
    List<String> interrupted = new CopyOnWriteArrayList<>();
    calls.script(
        input -> {
          if (!input.equals("stop-1")) {
            try {
              held.await();
            } catch (InterruptedException e) {
              interrupted.add(input);
              throw e;
            }
          }
          return FakeCalls.echo(input);
        });
    String id = Client.begin(Client.lines("stop", 100));
    await().atMost(LONG).until(() -> calls.asked("stop-2") > 0);

    // When
    String status = given().post("/v1/batches/" + id + "/cancel").path("status");

    // Then
    assertThat(status).isEqualTo("cancelling");
    JsonObject batch = Client.awaitEnd(id);
    assertThat(batch.getString("status")).isEqualTo("cancelled");
    assertThat(batch.getLong("cancelled_at")).isPositive();
    assertThat(Client.ids(Client.read(batch, "output_file_id"))).containsExactly("id-1");
    assertThat(batch.getValue("error_file_id")).isNull();
    await().atMost(LONG).until(() -> interrupted.contains("stop-2"));
    given().post("/v1/batches/" + id + "/cancel").then().statusCode(200);
  }

  @Test
  void a_batch_that_has_ended_cannot_be_cancelled() {
    // Given
    String id = Client.begin(Client.lines("ended", 1));
    Client.awaitEnd(id);

    // When
    JsonObject error =
        new JsonObject(
            given()
                .post("/v1/batches/" + id + "/cancel")
                .then()
                .statusCode(409)
                .extract()
                .asString());

    // Then
    assertThat(error.getJsonObject("error").getString("code")).isEqualTo("wrong_state");
  }

  @Test
  void after_the_window_answers_stay_and_the_other_lines_are_told_as_expired() {
    // Given
    calls.script(
        input -> {
          if (!input.equals("late-1")) {
            held.await();
          }
          return FakeCalls.echo(input);
        });
    String id = Client.begin(Client.lines("late", 2500));
    await().atMost(LONG).until(() -> calls.asked("late-2") > 0);

    // When
    endWindow(id);

    // Then
    JsonObject batch = Client.awaitEnd(id);
    assertThat(batch.getString("status")).isEqualTo("expired");
    assertThat(batch.getLong("expired_at")).isPositive();
    assertThat(batch.getJsonObject("request_counts")).isEqualTo(counts(2500, 1, 2499));
    assertThat(Client.ids(Client.read(batch, "output_file_id"))).containsExactly("id-1");
    List<JsonObject> expired = Client.read(batch, "error_file_id");
    assertEachOnce(expired, 2499);
    assertThat(expired.getFirst().getValue("response")).isNull();
    assertThat(expired.getFirst().getJsonObject("error").getString("code"))
        .isEqualTo("batch_expired");
  }

  private void endWindow(String id) {
    UUID batch = WireId.parseBatch(id);
    database.update(
        Statement.of("test.window", "UPDATE batches SET expires_at = now() WHERE id = $1"), batch);
    database.update(
        Statement.of(
            "test.window_task",
            """
            WITH due AS (
              UPDATE tasks SET run_at = now()
              WHERE payload ->> 'batch' = $1 AND payload ->> 'step' = 'expire'
              RETURNING id)
            UPDATE jobs SET visible_at = now() FROM due WHERE task_id = due.id
            """),
        batch.toString());
  }

  private void loseHeldSlices() {
    if (calls.asked("lost-3") < 2) {
      database.update(
          Statement.of(
              "test.lose",
              """
              UPDATE jobs SET visible_at = now() WHERE type = 'batch_lines' AND lease IS NOT NULL
              """));
    }
  }

  @Test
  void a_slice_whose_process_is_lost_is_done_by_another_and_each_line_is_recorded_once()
      throws Exception {
    // Given
    AtomicInteger first = new AtomicInteger();
    calls.script(
        input -> {
          if (input.equals("lost-3") && first.getAndIncrement() == 0) {
            held.await();
            return FakeCalls.reply(200, "too late");
          }
          return FakeCalls.echo(input);
        });
    String id = Client.begin(Client.lines("lost", 100));
    await().atMost(LONG).until(() -> first.get() == 1);

    // When
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              loseHeldSlices(); // again, if the lease was renewed just before another took it
              return calls.asked("lost-3") >= 2;
            });

    // Then
    JsonObject batch = Client.awaitEnd(id);
    held.countDown();
    assertThat(batch.getJsonObject("request_counts")).isEqualTo(counts(100, 100, 0));
    List<JsonObject> answers = Client.read(batch, "output_file_id");
    assertEachOnce(answers, 100);
    assertThat(answers).noneMatch(line -> line.encode().contains("too late"));
    assertThat(calls.asked("lost-3")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void runs_of_one_slice_at_the_same_time_record_each_line_once() throws Exception {
    // Given
    hold("twice-1");
    String id = Client.begin(Client.lines("twice", 100));
    await().atMost(LONG).until(() -> calls.asked("twice-1") > 0);
    UUID batch = WireId.parseBatch(id);

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int run = 0; run < 4; run++) {
        for (int slice = 0; slice < 17; slice++) {
          Slice again = new Slice(batch, slice, 0);
          threads.submit(
              () -> {
                slices.run(again, UUID.randomUUID());
                return true;
              });
        }
      }
      held.countDown();
    }

    // Then
    JsonObject ended = Client.awaitEnd(id);
    assertThat(ended.getJsonObject("request_counts")).isEqualTo(counts(100, 100, 0));
    assertEachOnce(Client.read(ended, "output_file_id"), 100);
  }

  @Test
  void an_unexpected_failure_ends_its_line_alone() {
    // Given
    calls.script(
        input -> {
          if (input.equals("odd-2")) {
            throw new IllegalStateException("an unexpected failure of the test");
          }
          return FakeCalls.echo(input);
        });

    // When
    String id = Client.begin(Client.lines("odd", 3));

    // Then
    JsonObject batch = Client.awaitEnd(id);
    assertThat(batch.getJsonObject("request_counts")).isEqualTo(counts(3, 2, 1));
    JsonObject error = Client.read(batch, "error_file_id").getFirst().getJsonObject("response");
    assertThat(error.getInteger("status_code")).isEqualTo(500);
    assertThat(error.getJsonObject("body").getJsonObject("error").getString("code"))
        .isEqualTo("internal");
  }

  @Test
  void too_many_unfinished_batches_are_refused_with_the_limit_and_its_key() {
    // Given
    hold("open-1");
    String file = Client.upload(Client.lines("open", 1));
    List<String> open = new ArrayList<>();

    // When
    Response answer = Client.make(file);
    while (answer.statusCode() == 200 && open.size() < 10) {
      open.add(answer.path("id"));
      answer = Client.make(file);
    }

    // Then
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat((String) answer.path("error.message")).contains("10", "sutazai.batches.max-open");
    held.countDown();
    open.forEach(Client::awaitEnd);
  }

  @Test
  void batches_are_paged_newest_first() {
    // Given
    String first = Client.begin(Client.lines("page", 1));
    String second = Client.begin(Client.lines("page", 1));

    // When
    JsonObject page = new JsonObject(given().get("/v1/batches?limit=1").asString());
    JsonObject next =
        new JsonObject(
            given().get("/v1/batches?limit=1&after=" + page.getString("last_id")).asString());

    // Then
    assertThat(page.getString("object")).isEqualTo("list");
    assertThat(page.getBoolean("has_more")).isTrue();
    assertThat(page.getString("first_id")).isEqualTo(second);
    assertThat(next.getJsonArray("data").getJsonObject(0).getString("id")).isEqualTo(first);
  }

  @Test
  void callers_cannot_leave_tasks_of_the_program() {
    for (String type : List.of(BatchTasks.LINES, BatchTasks.STATE)) {
      given()
          .contentType("application/json")
          .body("{\"type\":\"" + type + "\"}")
          .post("/api/tasks")
          .then()
          .statusCode(403);
    }
  }
}
