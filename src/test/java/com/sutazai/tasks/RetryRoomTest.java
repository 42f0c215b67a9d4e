package com.sutazai.tasks;

import static com.sutazai.security.ClosedMode.with;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.security.ClosedMode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that are run again wait like new ones, and are refused like them. */
@QuarkusTest
@TestProfile(ClosedMode.class)
class RetryRoomTest {
  private static final String LATER =
      "{\"type\":\"noop\",\"run_at\":\"%s\"}".formatted(Instant.now().plusSeconds(3600));

  /** One that nobody runs. */
  private static final Statement WAITING =
      Statement.of(
          "test.waiting",
          """
          INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
          SELECT $2, id, 'nobody-runs-this', 5, now() FROM owners WHERE name = $1
          """);

  private static final Statement REMOVE =
      Statement.of("test.remove", "DELETE FROM jobs WHERE task_id = $1");

  private final Database database;
  private final String owner = "owner-" + UUID.randomUUID();
  private String key = "";

  RetryRoomTest(Database database) {
    this.database = database;
  }

  /** A key whose owner may have two tasks waiting. */
  @BeforeEach
  void makeKey() {
    key =
        ClosedMode.key(
            Map.of(
                "name",
                "test",
                "owner",
                owner,
                "scopes",
                List.of("tasks:read", "tasks:write"),
                "limits",
                Map.of("waiting_tasks", 2)));
  }

  private Response post(String path, String body) {
    return with(key).contentType("application/json").body(body).post(path);
  }

  private String cancelled() {
    String id = post("/api/tasks", LATER).then().statusCode(202).extract().path("id");
    post("/api/tasks/" + id + "/cancel", "").then().statusCode(200);
    return id;
  }

  private Response retried(List<String> ids) {
    return post(
        "/api/tasks/retry",
        ids.stream().map(id -> '"' + id + '"').collect(joining(",", "{\"ids\":[", "]}")));
  }

  @Test
  void more_than_may_wait_are_refused_together() {
    // Given
    List<String> ids = IntStream.range(0, 3).mapToObj(i -> cancelled()).toList();

    // When
    Response refused = retried(ids);

    // Then
    refused
        .then()
        .statusCode(429)
        .header("Retry-After", notNullValue())
        .body("detail", containsString("waiting_tasks"));
    ids.forEach(
        id -> with(key).get("/api/tasks/" + id).then().body("status", equalTo("cancelled")));
    assertThat(retried(ids.subList(0, 2)).then().statusCode(200).extract().<List<?>>path("retried"))
        .hasSize(2);
  }

  @Test
  void one_more_than_may_wait_is_refused() {
    // Given
    String id = cancelled();
    List<UUID> waiting = List.of(UUID.randomUUID(), UUID.randomUUID());
    waiting.forEach(each -> database.update(WAITING, owner, each));

    // When, then: as soon as the waiting ones are counted
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              Response answer = post("/api/tasks/" + id + "/retry", "");
              if (answer.statusCode() == 202) {
                post("/api/tasks/" + id + "/cancel", "");
                return false;
              }
              return answer.statusCode() == 429
                  && answer.header("Retry-After") != null
                  && answer.asString().contains("waiting_tasks");
            });
    waiting.forEach(each -> database.update(REMOVE, each));
  }
}
