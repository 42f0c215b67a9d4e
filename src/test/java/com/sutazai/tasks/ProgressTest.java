package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.agents.AgentCall;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.queue.Job;
import com.sutazai.queue.JobProgress;
import com.sutazai.queue.JobProgress.Report;
import com.sutazai.queue.Lease;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Running tasks tell how far they are, in this process and in workers. */
@QuarkusTest
class ProgressTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final StepByStepAgent agent;
  private final JobProgress progress;
  private final Database database;
  private final Ids ids;
  private final String worker = "worker-" + UUID.randomUUID();

  ProgressTest(StepByStepAgent agent, JobProgress progress, Database database, Ids ids) {
    this.database = database;
    this.agent = agent;
    this.progress = progress;
    this.ids = ids;
  }

  @Test
  void an_agent_tells_how_far_it_is_until_its_task_ends() {
    // Given
    String id = submit("step_by_step");
    read(id).body("progress", nullValue());

    // When
    agent.next(call -> call.progress(0.3, "page 3 of 10"));
    agent.next(call -> call.progress(0.4, "page 4 of 10"));

    // Then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                read(id)
                    .body("status", equalTo("processing"))
                    .body("progress.fraction", equalTo(0.4f))
                    .body("progress.message", equalTo("page 4 of 10"))
                    .body("progress.updated_at", notNullValue()));
    given()
        .get("/api/tasks?type=step_by_step&limit=1")
        .then()
        .body("items[0].id", equalTo(id))
        .body("items[0].progress.message", equalTo("page 4 of 10"));

    agent.done();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> read(id).body("status", equalTo("completed")).body("progress", nullValue()));
  }

  @Test
  void whatever_an_agent_says_its_task_goes_on() {
    // Given
    String id = submit("step_by_step");
    AtomicReference<AgentCall> kept = new AtomicReference<>();

    // When
    agent.next(kept::set);
    agent.next(call -> call.progress().report(null, null));
    agent.next(call -> call.progress(Double.NaN, "\0"));
    agent.next(call -> call.progress(1e300, "x".repeat(100_000)));

    // Then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                read(id)
                    .body("progress.fraction", equalTo(1.0f))
                    .body("progress.message", equalTo("x".repeat(500))));
    agent.done();
    await().atMost(PATIENCE).untilAsserted(() -> read(id).body("status", equalTo("completed")));
    Objects.requireNonNull(kept.get()).progress(0.5, "after its end");
    read(id).body("progress", nullValue());
  }

  @Test
  void followers_see_progress_and_go_on_where_they_broke_off() throws Exception {
    // Given
    String id = submit("step_by_step");
    agent.next(call -> call.progress(0.5, "half"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> read(id).body("progress.message", equalTo("half")));
    Iterator<String> follower = follow(id);
    StringBuilder all = new StringBuilder(nextId(follower));

    // When
    agent.next(call -> call.progress(0.9, "almost"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> read(id).body("progress.message", equalTo("almost")));
    String ongoing = "id: (\\d+)";
    agent.done();
    follower.forEachRemaining(line -> all.append(line).append('\n'));

    // Then
    List<Long> eventIds =
        java.util.regex.Pattern.compile(ongoing)
            .matcher(all)
            .results()
            .map(result -> Long.parseLong(result.group(1)))
            .toList();
    assertThat(eventIds).isSorted().doesNotHaveDuplicates();
    assertThat(all).contains("event: task.completed");
    String rest =
        given()
            .header("Last-Event-ID", eventIds.getFirst())
            .get("/api/tasks/" + id + "/events")
            .asString();
    assertThat(rest).contains("event: task.completed").doesNotContain("task.processing");
  }

  /** The lines of the task's events, as they come. */
  private static Iterator<String> follow(String id) throws Exception {
    var request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + RestAssured.port + "/api/tasks/" + id + "/events"));
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofLines())
        .body()
        .iterator();
  }

  private static String nextId(Iterator<String> lines) {
    String line = lines.next();
    while (!line.startsWith("id:")) {
      line = lines.next();
    }
    return line + "\n";
  }

  @Test
  void event_ids_grow_with_reports_tries_and_rounds() {
    assertThat(
            List.of(
                Task.change("pending", 0, 0, null),
                Task.change("processing", 1, 0, null),
                Task.change("processing", 1, 0, 1),
                Task.change("processing", 1, 0, 2_000_000),
                Task.change("pending", 1, 0, null),
                Task.change("processing", 2, 0, null),
                Task.change("failed", 2, 0, null),
                Task.change("pending", 0, 1, null),
                Task.change("processing", 1, 1, 7)))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void a_worker_tells_how_far_it_is_with_its_heartbeat() {
    // Given
    register();
    String id = submit(worker);
    String lease = next();

    // When
    beat("\"progress\":[{\"lease\":\"%s\",\"fraction\":0.25,\"message\":\"a quarter\"}]"
            .formatted(lease))
        .statusCode(200)
        .body("lost.size()", equalTo(0));

    // Then
    read(id)
        .body("progress.fraction", equalTo(0.25f))
        .body("progress.message", equalTo("a quarter"));
    beat("\"progress\":[{\"lease\":\"%s\",\"message\":\"no figure\"}]".formatted(lease));
    read(id).body("progress.fraction", nullValue()).body("progress.message", equalTo("no figure"));
    post(
            "/api/tasks/complete",
            "{\"task_id\":\"%s\",\"lease\":\"%s\",\"agent_name\":\"%s\",\"status\":\"completed\"}"
                .formatted(id, lease, worker))
        .body("progress", nullValue());
  }

  @Test
  void the_next_try_begins_without_progress() {
    // Given
    register();
    String id = submit(worker);
    String lease = next();
    beat("\"progress\":[{\"lease\":\"%s\",\"fraction\":0.9}]".formatted(lease));

    // When
    post(
            "/api/tasks/complete",
            "{\"task_id\":\"%s\",\"lease\":\"%s\",\"agent_name\":\"%s\",\"status\":\"failed\"}"
                .formatted(id, lease, worker))
        .body("status", equalTo("pending"))
        .body("progress", nullValue());

    // Then
    next();
    read(id).body("attempt", equalTo(2)).body("progress", nullValue());
  }

  @Test
  void who_has_lost_the_lease_writes_nothing() {
    // Given
    register();
    String id = submit(worker);
    UUID taskId = UUID.fromString(id);
    Lease held = Lease.parse("lease", next());
    Lease lost = new Lease(taskId, ids.next());
    beat("\"progress\":[{\"lease\":\"%s\",\"fraction\":0.1}]".formatted(held));

    // When
    beat("\"progress\":[{\"lease\":\"%s\",\"fraction\":0.9}]".formatted(lost))
        .body("lost[0]", equalTo(lost.toString()));
    Set<UUID> written =
        progress.write(List.of(Report.of(new Job(taskId, worker, lost.id()), 0.9, "stolen")));

    // Then
    assertThat(written).isEmpty();
    read(id).body("progress.fraction", equalTo(0.1f));
    post(
        "/api/tasks/complete",
        "{\"task_id\":\"%s\",\"lease\":\"%s\",\"agent_name\":\"%s\",\"status\":\"completed\"}"
            .formatted(id, held, worker));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[null]|progress[0]",
        "[{}]|progress[0].lease",
        "[{\"lease\":\"x\"}]|progress[0].lease",
        "[{\"lease\":\"@\",\"fraction\":1.1}]|progress[0].fraction",
        "[{\"lease\":\"@\",\"fraction\":-0.1}]|progress[0].fraction",
      })
  void bad_reports_are_named(String reports, String field) {
    register();
    String lease = new Lease(ids.next(), ids.next()).toString();
    beat("\"progress\":" + reports.replace("@", lease))
        .statusCode(400)
        .body("field", equalTo(field));
  }

  @Test
  void
      a_message_that_is_blank_or_too_long_and_a_fraction_that_is_rounded_are_no_reason_to_refuse() {
    // Given
    register();
    String id = submit(worker);
    String lease = next();

    // When, then
    beat("\"progress\":[{\"lease\":\"%s\",\"fraction\":1.0000001,\"message\":\"%s\"}]"
            .formatted(lease, "m".repeat(501)))
        .statusCode(200)
        .body("lost.size()", equalTo(0));
    read(id)
        .body("progress.fraction", equalTo(1.0f))
        .body("progress.message", equalTo("m".repeat(500)));
    beat("\"progress\":[{\"lease\":\"%s\",\"message\":\" \"}]".formatted(lease)).statusCode(200);
    read(id).body("progress.message", nullValue());
    complete(id, lease);
  }

  @Test
  void a_report_that_is_refused_renews_the_lease_all_the_same() {
    // Given
    register();
    String id = submit(worker);
    String lease = next();
    Statement until = Statement.of("test.lease", "SELECT visible_at FROM jobs WHERE task_id = $1");
    var before = database.query(until, UUID.fromString(id)).getFirst().getOffsetDateTime(0);

    // When
    beat("\"progress\":[{\"lease\":\"%s\",\"fraction\":7}]".formatted(lease)).statusCode(400);

    // Then
    assertThat(database.query(until, UUID.fromString(id)).getFirst().getOffsetDateTime(0))
        .isAfter(before);
    complete(id, lease);
  }

  private void complete(String id, String lease) {
    post(
            "/api/tasks/complete",
            "{\"task_id\":\"%s\",\"lease\":\"%s\",\"agent_name\":\"%s\",\"status\":\"completed\"}"
                .formatted(id, lease, worker))
        .statusCode(200);
  }

  private void register() {
    post(
            "/api/agents/register",
            "{\"agent_name\":\"%s\",\"agent_type\":\"%s\"}".formatted(worker, worker))
        .statusCode(200);
  }

  private ValidatableResponse beat(String fields) {
    return post("/api/agents/heartbeat", "{\"agent_name\":\"%s\",%s}".formatted(worker, fields));
  }

  private String next() {
    return post("/api/tasks/next/" + worker + "?wait=30&agent_name=" + worker, "{}")
        .statusCode(200)
        .extract()
        .path("lease");
  }

  private static String submit(String type) {
    return post("/api/tasks", new JsonObject().put("type", type).encode())
        .statusCode(lessThan(300))
        .extract()
        .path("id");
  }

  private static ValidatableResponse read(String id) {
    return given().get("/api/tasks/" + id).then();
  }

  private static ValidatableResponse post(String path, String body) {
    return given().contentType("application/json").body(body).post(path).then();
  }
}
