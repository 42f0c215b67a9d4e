package com.sutazai.realtime;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.tasks.Task;
import com.sutazai.tasks.Tasks;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TaskEventsTest {
  private final Tasks tasks;
  private final Database database;

  TaskEventsTest(Tasks tasks, Database database) {
    this.tasks = tasks;
    this.database = database;
  }

  /** One event as it stood on the wire. */
  record Event(String name, long id, JsonObject task) {}

  @Test
  void a_task_is_followed_to_its_end() throws Exception {
    // Given
    String id = submit(later());

    // When
    List<Event> events = read(id, null, () -> letRun(id));

    // Then
    assertThat(events.getFirst().name()).isEqualTo("task.pending");
    assertThat(events.getLast().name()).isEqualTo("task.completed");
    assertThat(events.getLast().task().getString("status")).isEqualTo("completed");
    assertThat(events.getLast().task().getString("id")).isEqualTo(id);
    assertThat(events).extracting(Event::id).isSorted().doesNotHaveDuplicates();
  }

  private static Instant later() {
    return Instant.now().plus(1, ChronoUnit.HOURS);
  }

  private void letRun(String id) {
    database.update(
        Statement.of(
            "test.let_run",
            """
            WITH due AS (UPDATE tasks SET run_at = now() WHERE id = $1 RETURNING id)
            UPDATE jobs SET visible_at = now() FROM due WHERE task_id = due.id
            """),
        UUID.fromString(id));
  }

  @Test
  void a_reader_that_comes_back_is_told_only_what_is_new() throws Exception {
    // Given
    String id = submit(Instant.now());
    List<Event> all = read(id, null);

    // When, then
    assertThat(read(id, all.getLast().id())).isEmpty();
    assertThat(read(id, all.getLast().id() - 1))
        .extracting(Event::name)
        .containsExactly("task.completed");
    assertThat(read(id, 0L)).extracting(Event::name).containsExactly("task.completed");
  }

  @Test
  void a_reader_that_was_told_the_end_is_told_not_to_come_back() throws Exception {
    // Given
    String id = submit(Instant.now());
    long last = read(id, null).getLast().id();

    // When, then
    given()
        .header("Last-Event-ID", last)
        .get("/api/tasks/" + id + "/events")
        .then()
        .statusCode(204);
  }

  @Test
  void a_task_is_read_anew_only_when_it_has_changed() {
    // Given
    String id = submit(Instant.now().plus(1, ChronoUnit.HOURS));
    Task known = tasks.find(Caller.LOCAL, UUID.fromString(id));

    // When, then
    assertThat(tasks.again(Caller.LOCAL, known)).isSameAs(known);
    given().contentType("application/json").post("/api/tasks/" + id + "/cancel");
    assertThat(tasks.again(Caller.LOCAL, known).status()).isEqualTo(Task.CANCELLED);
  }

  @Test
  void a_task_that_is_run_again_goes_on_with_higher_ids() throws Exception {
    // Given
    String id = submit(Instant.now());
    long last = read(id, null).getLast().id();

    // When
    given().contentType("application/json").post("/api/tasks/" + id + "/retry");

    // Then
    List<Event> again = read(id, last);
    assertThat(again.getLast().name()).isEqualTo("task.completed");
    assertThat(again).extracting(Event::id).allMatch(event -> event > last);
  }

  @Test
  void a_cancelled_task_ends_its_stream() throws Exception {
    // Given
    String id = submit(later());

    // When
    List<Event> events =
        read(
            id,
            null,
            () -> given().contentType("application/json").post("/api/tasks/" + id + "/cancel"));

    // Then
    assertThat(events).extracting(Event::name).containsExactly("task.pending", "task.cancelled");
  }

  @Test
  void bad_requests_are_ordinary_errors() {
    given().get("/api/tasks/" + UUID.randomUUID() + "/events").then().statusCode(404);
    String id = submit(Instant.now());
    given()
        .header("Last-Event-ID", "yesterday")
        .get("/api/tasks/" + id + "/events")
        .then()
        .statusCode(400)
        .body("field", equalTo("Last-Event-ID"));
  }

  private static String submit(Instant runAt) {
    return given()
        .contentType("application/json")
        .body("{\"type\":\"noop\",\"run_at\":\"" + runAt + "\"}")
        .post("/api/tasks")
        .then()
        .statusCode(202)
        .extract()
        .path("id");
  }

  private static List<Event> read(String id, @Nullable Long last) throws Exception {
    return read(id, last, () -> {});
  }

  /** Does something when the first event is there. */
  private static List<Event> read(String id, @Nullable Long last, Runnable then) throws Exception {
    var connection =
        (HttpURLConnection)
            URI.create("http://localhost:" + RestAssured.port + "/api/tasks/" + id + "/events")
                .toURL()
                .openConnection();
    connection.setRequestProperty("Accept", "text/event-stream");
    if (last != null) {
      connection.setRequestProperty("Last-Event-ID", String.valueOf(last));
    }
    List<Event> events = new ArrayList<>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      String name = "";
      long number = -1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("id: ")) {
          number = Long.parseLong(line.substring(4));
        } else if (line.startsWith("data: ")) {
          events.add(new Event(name, number, new JsonObject(line.substring(6))));
          if (events.size() == 1) {
            then.run();
          }
        }
      }
    }
    return events;
  }
}
