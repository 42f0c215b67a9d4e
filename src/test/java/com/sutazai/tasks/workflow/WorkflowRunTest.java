package com.sutazai.tasks.workflow;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workflows at work: their steps are done by agents of the program and by a worker outside. */
@QuarkusTest
class WorkflowRunTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Workflows workflows;
  private final Advance advance;
  private final WorkflowRetention retention;
  private final Database database;
  private final TestWorker worker = new TestWorker();

  WorkflowRunTest(
      Workflows workflows, Advance advance, WorkflowRetention retention, Database database) {
    this.retention = retention;
    this.workflows = workflows;
    this.advance = advance;
    this.database = database;
  }

  @BeforeEach
  void register() {
    worker.register();
  }

  /** {@code 'w'} stands for the worker's type of tasks. */
  private String submit(String fields, String... steps) {
    return given()
        .contentType("application/json")
        .body(body(fields, steps))
        .post("/api/workflows")
        .then()
        .statusCode(202)
        .body("status", equalTo("running"))
        .extract()
        .path("id");
  }

  private String body(String fields, String... steps) {
    return ("{'name':'test'," + fields + "'steps':[" + String.join(",", steps) + "]}")
        .replace("'w'", "'" + worker.type() + "'")
        .replace('\'', '"');
  }

  private static ValidatableResponse read(String id) {
    return given().get("/api/workflows/" + id).then().statusCode(200);
  }

  private static JsonObject awaitEnd(String id) {
    return await()
        .atMost(LONG)
        .until(
            () -> new JsonObject(read(id).extract().asString()),
            workflow -> workflow.getValue("completed_at") != null);
  }

  private static JsonObject step(JsonObject workflow, String id) {
    return workflow.getJsonArray("steps").stream()
        .map(JsonObject.class::cast)
        .filter(step -> step.getString("id").equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static String status(JsonObject workflow, String step) {
    return step(workflow, step).getString("status");
  }

  private static JsonObject result(String workflow, String step) {
    return new JsonObject(given().get("/api/workflows/" + workflow + "/steps/" + step).asString())
        .getJsonObject("result");
  }

  private static ValidatableResponse post(String id, String what) {
    return given().post("/api/workflows/" + id + "/" + what).then();
  }

  @Test
  void a_diamond_runs_its_middle_at_the_same_time_and_hands_results_on() {
    // Given
    String id =
        submit(
            "'input':{'city':'Bern','factor':3},",
            "{'id':'start','type':'data_processing','payload':{'csv':'people\\n134\\n174\\n'}}",
            "{'id':'left','type':'w','depends_on':['start'],'payload':{'rows':'{{steps.start.result.rows}}'}}",
            "{'id':'right','type':'w','depends_on':['start'],'payload':{'text':'{{steps.start.result.rows}} of {{input.city}}'}}",
            "{'id':'end','type':'data_processing','depends_on':['left','right'],'payload':{'data':[{'n':'{{steps.left.result.list.1}}'},{'n':'{{input.factor}}'}]}}");

    // When
    JsonObject first = worker.next();
    JsonObject second = worker.next(); // although the first one is not done
    read(id).body("progress.running", equalTo(2)).body("progress.completed", equalTo(1));
    worker.complete(first, new JsonObject("{\"list\":[1,2]}"));
    worker.complete(second, new JsonObject("{\"list\":[1,2]}"));

    // Then
    JsonObject workflow = awaitEnd(id);
    assertThat(workflow.getString("status")).isEqualTo("completed");
    assertThat(List.of(first.getJsonObject("payload"), second.getJsonObject("payload")))
        .containsExactlyInAnyOrder(
            new JsonObject("{\"rows\":2}"), new JsonObject("{\"text\":\"2 of Bern\"}"));
    assertThat(result(id, "end").getJsonObject("columns").getJsonObject("n").getDouble("mean"))
        .isEqualTo(2.5);
    assertThat(workflow.getJsonObject("progress").getDouble("fraction")).isEqualTo(1);
    JsonObject end = step(workflow, "end");
    assertThat(end.getInteger("attempt")).isEqualTo(1);
    assertThat(end.getJsonObject("timings").getLong("run_ms")).isNotNull();
    given()
        .get("/api/tasks/" + end.getString("task_id"))
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("payload.data[0].n", equalTo(2));
  }

  @Test
  void no_more_steps_are_at_work_than_it_allows() {
    // Given
    String id =
        submit("'max_parallel':1,", "{'id':'a','type':'w'}", "{'id':'b','type':'w','priority':9}");

    // When
    JsonObject first = worker.next();
    boolean another = worker.hasNext();
    worker.complete(first, new JsonObject());

    // Then
    assertThat(another).isFalse();
    assertThat(first.getInteger("priority")).isEqualTo(9);
    worker.complete(worker.next(), new JsonObject());
    assertThat(awaitEnd(id).getString("status")).isEqualTo("completed");
  }

  @Test
  void a_failed_step_fails_the_workflow_and_names_itself() {
    // Given
    String id =
        submit(
            "",
            "{'id':'a','type':'w'}",
            "{'id':'b','type':'w'}",
            "{'id':'c','type':'noop','depends_on':['a','b']}");
    JsonObject first = worker.next();
    JsonObject second = worker.next();

    // When
    worker.fail(first);
    await().atMost(LONG).untilAsserted(() -> read(id).body("progress.cancelled", equalTo(1)));
    read(id).body("status", equalTo("running")); // one is still at work
    worker.complete(second, new JsonObject());

    // Then
    JsonObject workflow = awaitEnd(id);
    assertThat(workflow.getString("status")).isEqualTo("failed");
    assertThat(workflow.getJsonObject("error").getString("code")).isEqualTo("worker_failed");
    assertThat(workflow.getJsonObject("error").getString("detail")).isEqualTo("no luck");
    assertThat(status(workflow, workflow.getJsonObject("error").getString("step")))
        .isEqualTo("failed");
    assertThat(status(workflow, "c")).isEqualTo("cancelled");
    assertThat(workflow.getJsonObject("progress").getInteger("completed")).isEqualTo(1);
  }

  @Test
  void a_step_that_may_fail_is_skipped_and_the_others_go_on() {
    // Given
    String id =
        submit(
            "",
            "{'id':'a','type':'w','on_failure':'skip'}",
            "{'id':'needs','type':'noop','depends_on':['a']}",
            "{'id':'anyway','type':'data_processing','depends_on':['a'],'on_skipped':'run','payload':{'why':'{{steps.a.error.code}}','what':'{{steps.a.result}}'}}");

    // When
    worker.fail(worker.next());

    // Then
    JsonObject workflow = awaitEnd(id);
    assertThat(workflow.getString("status")).isEqualTo("completed");
    assertThat(workflow.getValue("error")).isNull();
    assertThat(step(workflow, "a").getJsonObject("error").getString("code"))
        .isEqualTo("worker_failed");
    assertThat(status(workflow, "a")).isEqualTo("skipped");
    assertThat(status(workflow, "needs")).isEqualTo("skipped");
    assertThat(status(workflow, "anyway")).isEqualTo("completed");
    given()
        .get("/api/tasks/" + step(workflow, "anyway").getString("task_id"))
        .then()
        .body("payload.why", equalTo("worker_failed"))
        .body("payload.what", nullValue());
  }

  @Test
  void where_it_continues_only_what_needs_the_failed_step_is_left_out() {
    // Given
    String id =
        submit(
            "'on_failure':'continue',",
            "{'id':'a','type':'w'}",
            "{'id':'needs','type':'noop','depends_on':['a'],'on_skipped':'run'}",
            "{'id':'other','type':'noop'}",
            "{'id':'later','type':'noop','depends_on':['other']}");

    // When
    worker.fail(worker.next());

    // Then
    JsonObject workflow = awaitEnd(id);
    assertThat(workflow.getString("status")).isEqualTo("failed");
    assertThat(status(workflow, "needs")).isEqualTo("skipped");
    assertThat(status(workflow, "later")).isEqualTo("completed");
  }

  @Test
  void a_step_is_tried_again_as_its_task_is() {
    // Given
    String id = submit("", "{'id':'a','type':'w','max_retries':1}");
    JsonObject first = worker.next();
    JsonObject failure = new JsonObject().put("status", "failed").put("error", "not yet");

    // When
    worker.report(first, failure, 200);
    JsonObject second = worker.next();
    worker.complete(second, new JsonObject());

    // Then
    assertThat(second.getString("id")).isEqualTo(first.getString("id"));
    JsonObject workflow = awaitEnd(id);
    assertThat(workflow.getString("status")).isEqualTo("completed");
    assertThat(step(workflow, "a").getInteger("attempt")).isEqualTo(2);
  }

  @Test
  void a_missing_value_fails_the_step_with_its_path() {
    // When
    String id =
        submit(
            "",
            "{'id':'a','type':'data_processing','payload':{'n':1}}",
            "{'id':'b','type':'noop','depends_on':['a'],'payload':{'x':'{{steps.a.result.columns.m}}'}}");

    // Then
    JsonObject error = awaitEnd(id).getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo("missing_value");
    assertThat(error.getString("detail")).contains("{{steps.a.result.columns.m}}");
    assertThat(error.getString("step")).isEqualTo("b");
  }

  @Test
  void what_would_begin_with_a_step_that_cannot_does_not() {
    // When
    String id =
        submit(
            "", "{'id':'a','type':'noop','payload':'{{input.nothing}}'}", "{'id':'b','type':'w'}");

    // Then
    JsonObject workflow = awaitEnd(id);
    assertThat(workflow.getString("status")).isEqualTo("failed");
    assertThat(status(workflow, "b")).isEqualTo("cancelled");
    assertThat(step(workflow, "b").getString("task_id")).isNull();
    assertThat(worker.hasNext()).isFalse();
  }

  @Test
  void a_payload_that_grows_too_large_fails_the_step() {
    // When
    String id =
        submit(
            "'input':{'long':'" + "x".repeat(300_000) + "'},",
            "{'id':'a','type':'noop','payload':['{{input.long}}','{{input.long}}','{{input.long}}','{{input.long}}']}");

    // Then
    assertThat(awaitEnd(id).getJsonObject("error").getString("code"))
        .isEqualTo("payload_too_large");
  }

  @Test
  void a_task_that_was_cancelled_counts_as_failed() {
    // Given
    String id = submit("", "{'id':'a','type':'w'}");
    String task = worker.next().getString("id");

    // When
    given().post("/api/tasks/" + task + "/cancel").then().statusCode(200);

    // Then
    assertThat(awaitEnd(id).getJsonObject("error").getString("code")).isEqualTo("task_cancelled");
  }

  @Test
  void a_step_whose_worker_has_left_waits_for_it_as_a_task_does() {
    // Given
    TestWorker other = new TestWorker();
    other.register();
    String id =
        submit(
            "",
            "{'id':'a','type':'w'}",
            "{'id':'b','type':'" + other.type() + "','depends_on':['a']}");
    JsonObject first = worker.next();
    other.leave();

    // When
    worker.complete(first, new JsonObject());

    // Then
    await().atMost(LONG).untilAsserted(() -> read(id).body("steps[1].status", equalTo("running")));
    other.register();
    other.complete(other.next(), new JsonObject());
    assertThat(awaitEnd(id).getString("status")).isEqualTo("completed");
  }

  @Test
  void a_task_that_is_run_again_changes_nothing_in_its_workflow() {
    // Given
    String id =
        submit(
            "",
            "{'id':'a','type':'w'}",
            "{'id':'b','type':'w','depends_on':['a']}",
            "{'id':'c','type':'noop','depends_on':['b'],'payload':{'n':'{{steps.a.result.n}}'}}");
    JsonObject first = worker.next();
    worker.complete(first, new JsonObject().put("n", 1));
    JsonObject second = worker.next();

    // When
    given().post("/api/tasks/" + first.getString("id") + "/retry").then().statusCode(202);
    worker.complete(worker.next(), new JsonObject().put("n", 2));
    worker.complete(second, new JsonObject());

    // Then
    JsonObject workflow = awaitEnd(id);
    assertThat(workflow.getString("status")).isEqualTo("completed");
    given()
        .get("/api/tasks/" + step(workflow, "c").getString("task_id"))
        .then()
        .body("payload.n", equalTo(1));
  }

  @Test
  void old_workflows_are_removed_once_they_have_ended() throws Exception {
    // Given
    String ended = submit("", "{'id':'a','type':'noop'}");
    awaitEnd(ended);
    String open = submit("", "{'id':'a','type':'w'}");

    // When
    retention.sweep(Duration.ofDays(1));
    int kept = given().get("/api/workflows/" + ended).statusCode();
    retention.sweep(Duration.ZERO);

    // Then
    assertThat(kept).isEqualTo(200);
    given().get("/api/workflows/" + ended).then().statusCode(404);
    read(open).body("status", equalTo("running"));
    post(open, "cancel").statusCode(200);
  }

  @Test
  void signals_of_workflows_that_are_gone_go_too() throws Exception {
    // Given
    UUID gone = UUID.randomUUID();
    database.update(
        Statement.of(
            "test.signal",
            "INSERT INTO workflow_signals (workflow_id, due_at) VALUES ($1, now() - interval '2 minutes')"),
        gone);
    String open = submit("", "{'id':'a','type':'w'}");

    // When
    retention.sweep(Duration.ofDays(1));

    // Then
    assertThat(
            database.query(
                Statement.of("test.signals", "SELECT FROM workflow_signals WHERE workflow_id = $1"),
                gone))
        .isEmpty();
    worker.complete(worker.next(), new JsonObject());
    assertThat(awaitEnd(open).getString("status")).isEqualTo("completed");
  }

  @Test
  void a_value_that_cannot_be_read_fails_the_step_and_not_the_advance() {
    // Given: PostgreSQL writes the value out with 1,001 digits, one more than are read
    String id =
        submit(
            "",
            "{'id':'a','type':'noop'}",
            "{'id':'b','type':'w','depends_on':['a']}",
            "{'id':'c','type':'noop','depends_on':['b'],'payload':{'n':'{{steps.a.result.n}}'}}");
    JsonObject taken = worker.next();
    database.update(
        Statement.of(
            "test.digits",
            "UPDATE workflow_steps SET result = '{\"n\":1e1000}' WHERE workflow_id = $1 AND step = 'a'"),
        UUID.fromString(id));

    // When
    worker.complete(taken, new JsonObject());
    JsonObject workflow = awaitEnd(id);

    // Then
    assertThat(workflow.getString("status")).isEqualTo("failed");
    assertThat(step(workflow, "c").getJsonObject("error").getString("code"))
        .isEqualTo("unreadable_value");
  }

  @Test
  void workflows_that_ended_are_counted_by_how() {
    // When, then: again until nothing that other tests left ends beside it
    await()
        .atMost(LONG)
        .until(
            () -> {
              double completed = counted("completed");
              double cancelled = counted("cancelled");
              awaitEnd(submit("", "{'id':'a','type':'noop'}"));
              post(submit("", "{'id':'a','type':'w'}"), "cancel").statusCode(200);
              return counted("completed") == completed + 1 && counted("cancelled") == cancelled + 1;
            });
  }

  private static double counted(String state) {
    String sample = "workflows_total{state=\"" + state + "\"} ";
    return given()
        .get("/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(sample))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
        .sum();
  }

  @Test
  void cancelling_ends_what_runs_and_what_waits() {
    // Given
    String id =
        submit(
            "",
            "{'id':'done','type':'noop'}",
            "{'id':'a','type':'w','depends_on':['done']}",
            "{'id':'b','type':'noop','depends_on':['a']}");
    JsonObject taken = worker.next();

    // When
    post(id, "cancel").statusCode(200).body("status", equalTo("cancelled"));

    // Then
    JsonObject workflow = awaitEnd(id);
    assertThat(status(workflow, "done")).isEqualTo("completed");
    assertThat(status(workflow, "a")).isEqualTo("cancelled");
    assertThat(status(workflow, "b")).isEqualTo("cancelled");
    given().get("/api/tasks/" + taken.getString("id")).then().body("status", equalTo("cancelled"));
    worker.report(taken, new JsonObject().put("status", "completed"), 409);
    post(id, "cancel").statusCode(200);
    post(id, "pause").statusCode(409).body("code", equalTo("wrong_state"));
    post(id, "resume").statusCode(409);
  }

  @Test
  void while_it_is_paused_no_step_begins_and_running_ones_end() {
    // Given
    String id = submit("", "{'id':'a','type':'w'}", "{'id':'b','type':'w','depends_on':['a']}");
    JsonObject first = worker.next();

    // When
    post(id, "pause").statusCode(200).body("status", equalTo("paused"));
    post(id, "pause").statusCode(200);
    worker.complete(first, new JsonObject());

    // Then
    await().atMost(LONG).untilAsserted(() -> read(id).body("progress.completed", equalTo(1)));
    read(id).body("status", equalTo("paused")).body("progress.pending", equalTo(1));
    assertThat(worker.hasNext()).isFalse();
    post(id, "resume").statusCode(200).body("status", equalTo("running"));
    worker.complete(worker.next(), new JsonObject());
    assertThat(awaitEnd(id).getString("status")).isEqualTo("completed");
    post(id, "cancel").statusCode(409).body("detail", containsString("completed"));
  }

  @Test
  void an_ended_workflow_can_be_deleted_and_its_tasks_stay() {
    // Given
    String id = submit("", "{'id':'a','type':'w'}");
    JsonObject taken = worker.next();
    given().delete("/api/workflows/" + id).then().statusCode(409);
    worker.complete(taken, new JsonObject());
    awaitEnd(id);

    // When
    given().delete("/api/workflows/" + id).then().statusCode(204);

    // Then
    given().get("/api/workflows/" + id).then().statusCode(404);
    given().get("/api/tasks/" + taken.getString("id")).then().statusCode(200);
  }

  @Test
  void the_same_idempotency_key_makes_one_workflow() {
    // Given
    String key = UUID.randomUUID().toString();
    Callable<ValidatableResponse> submit =
        () ->
            given()
                .contentType("application/json")
                .header("Idempotency-Key", key)
                .body(body("", "{'id':'a','type':'noop'}"))
                .post("/api/workflows")
                .then()
                .statusCode(202);

    // When
    String first = assertNoThrow(submit).extract().path("id");

    // Then
    assertNoThrow(submit).header("Idempotency-Replayed", "true").body("id", equalTo(first));
  }

  private static <T> T assertNoThrow(Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void lists_are_newest_first_in_pages_and_by_status() {
    // Given
    String first = submit("", "{'id':'a','type':'w'}");
    String second = submit("", "{'id':'a','type':'w'}");

    // When, then
    var page = given().get("/api/workflows?status=running&limit=1").then().statusCode(200);
    page.body("items.id", equalTo(List.of(second)))
        .body("items[0].progress.total", equalTo(1))
        .body("items[0].steps", nullValue());
    String cursor = page.extract().path("next_cursor");
    given()
        .get("/api/workflows?status=running&limit=1&cursor=" + cursor)
        .then()
        .body("items.id", equalTo(List.of(first)));
    post(first, "cancel").statusCode(200);
    post(second, "cancel").statusCode(200);
    given()
        .get("/api/workflows?status=cancelled&limit=2")
        .then()
        .body("items.id", equalTo(List.of(second, first)));
  }

  @Test
  void other_owners_do_not_see_or_steer_it() {
    // Given
    UUID id = UUID.fromString(submit("", "{'id':'a','type':'w'}"));
    Caller other = new Caller(UUID.randomUUID(), "other", false);

    // When, then
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> workflows.find(other, id),
            () -> workflows.step(other, id, "a"),
            () -> workflows.pause(other, id),
            () -> workflows.resume(other, id),
            () -> workflows.cancel(other, id),
            () -> workflows.delete(other, id))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
    assertThat(workflows.list(other, null, null, 50).items()).isEmpty();
    read(id.toString()).body("status", equalTo("running"));
    post(id.toString(), "cancel").statusCode(200);
  }

  @Test
  void each_step_becomes_one_task_however_many_advance_it() throws Exception {
    // Given
    String[] steps =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    "{'id':'s%d','type':'noop','payload':{'n':%d}%s}"
                        .formatted(i, i, i < 10 ? "" : ",'depends_on':['s" + (i - 10) + "']"))
            .toArray(String[]::new);
    UUID id = UUID.fromString(submit("'max_parallel':10,", steps));

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        threads.submit(
            () -> {
              while (workflows.find(Caller.LOCAL, id).completedAt() == null) {
                advance.advance(id);
              }
            });
      }
    }

    // Then
    awaitEnd(id.toString());
    assertThat(workflows.find(Caller.LOCAL, id).progress().completed()).isEqualTo(40);
    assertThat(
            database
                .query(
                    Statement.of(
                        "test.tasks_of_workflow",
                        "SELECT count(*) AS tasks, count(DISTINCT payload) AS payloads FROM tasks WHERE workflow_id = $1"),
                    id)
                .getFirst())
        .satisfies(
            row -> {
              assertThat(row.getLong("tasks")).isEqualTo(40);
              assertThat(row.getLong("payloads")).isEqualTo(40);
            });
    await()
        .atMost(LONG)
        .until(
            () ->
                database
                        .query(
                            Statement.of(
                                "test.signals",
                                "SELECT count(*) AS signals FROM workflow_signals WHERE workflow_id = $1"),
                            id)
                        .getFirst()
                        .getLong("signals")
                    == 0);
  }
}
