package com.sutazai.realtime;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

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
  /** One event as it stood on the wire. */
  record Event(String name, long id, JsonObject task) {}

  @Test
  void a_task_is_followed_to_its_end() throws Exception {
    // Given
    String id = submit(Instant.now().plusMillis(800));

    // When
    List<Event> events = read(id, null);

    // Then
    assertThat(events.getFirst().name()).isEqualTo("task.pending");
    assertThat(events.getLast().name()).isEqualTo("task.completed");
    assertThat(events.getLast().task().getString("status")).isEqualTo("completed");
    assertThat(events.getLast().task().getString("id")).isEqualTo(id);
    assertThat(events).extracting(Event::id).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void a_reader_that_comes_back_is_told_only_what_is_new() throws Exception {
    // Given
    String id = submit(Instant.now());
    List<Event> all = read(id, null);

    // When, then
    assertThat(read(id, all.getLast().id())).isEmpty();
    assertThat(read(id, 0L)).extracting(Event::name).containsExactly("task.completed");
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
    String id = submit(Instant.now().plus(1, ChronoUnit.HOURS));
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Thread.sleep(400);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              given().contentType("application/json").post("/api/tasks/" + id + "/cancel");
            });

    // When, then
    assertThat(read(id, null)).extracting(Event::name).endsWith("task.cancelled");
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
        }
      }
    }
    return events;
  }
}
