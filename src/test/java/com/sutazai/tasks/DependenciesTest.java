package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class DependenciesTest {
  /** As another process leaves it that released the job, and runs it. */
  private static final Statement BEGUN =
      Statement.of(
          "test.begun",
          "UPDATE jobs SET lease = gen_random_uuid(), visible_at = now() + interval '1 hour' WHERE task_id = $1");

  private static final Statement WAIT =
      Statement.of("test.wait", "INSERT INTO task_dependencies (task_id, needs) VALUES ($1, $2)");

  private static final Statement WAITS =
      Statement.of(
          "test.waits",
          "SELECT EXISTS (SELECT FROM task_dependencies WHERE task_id = $1) AS waits");

  private static final Statement HELD =
      Statement.of(
          "test.held",
          "SELECT visible_at > now() + interval '50 minutes' AND lease IS NOT NULL AS held FROM jobs WHERE task_id = $1");

  private final Database database;
  private final OpenDependencies open;
  private final TasksConfig config;

  DependenciesTest(Database database, OpenDependencies open, TasksConfig config) {
    this.database = database;
    this.open = open;
    this.config = config;
  }

  private static UUID submitted(String body, int wait, int status) {
    return UUID.fromString(
        given()
            .contentType("application/json")
            .header("Prefer", "wait=" + wait)
            .body(body)
            .post("/api/tasks")
            .then()
            .statusCode(status)
            .extract()
            .path("id"));
  }

  @Test
  void a_job_that_was_begun_meanwhile_keeps_its_lease() {
    // Given
    UUID needed = submitted("{\"type\":\"noop\"}", 30, 200);
    Instant later = Instant.now().plusSeconds(600);
    UUID waiting = submitted("{\"type\":\"noop\",\"run_at\":\"%s\"}".formatted(later), 0, 202);

    // When
    database.transaction(
        sql -> {
          sql.update(BEGUN, waiting);
          return sql.update(WAIT, waiting, needed);
        });
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !database.query(WAITS, waiting).getFirst().getBoolean("waits"));

    // Then
    assertThat(database.query(HELD, waiting).getFirst().getBoolean("held")).isTrue();
    given().post("/api/tasks/" + waiting + "/cancel").then().statusCode(200);
  }

  @Test
  void a_waiting_task_that_is_cancelled_waits_for_nothing_any_more() {
    // Given
    Instant later = Instant.now().plusSeconds(600);
    UUID needed = submitted("{\"type\":\"noop\",\"run_at\":\"%s\"}".formatted(later), 0, 202);
    UUID waiting =
        submitted("{\"type\":\"noop\",\"depends_on\":[\"%s\"]}".formatted(needed), 0, 202);
    assertThat(database.query(WAITS, waiting).getFirst().getBoolean("waits")).isTrue();

    // When
    given().post("/api/tasks/" + waiting + "/cancel").then().statusCode(200);

    // Then
    assertThat(database.query(WAITS, waiting).getFirst().getBoolean("waits")).isFalse();
    given().post("/api/tasks/" + needed + "/cancel").then().statusCode(200);
  }

  private boolean isRoomFor(long more) {
    try {
      open.requireRoom(Caller.LOCAL_OWNER, (int) more);
      return true;
    } catch (ProblemException full) {
      assertThat(full.code()).isEqualTo(ErrorCode.QUEUE_FULL);
      return false;
    }
  }

  @Test
  void what_tasks_wait_for_counts_until_they_wait_no_more() {
    // Given
    long most = config.maxDependenciesPerOwner();
    await().atMost(Duration.ofMinutes(1)).until(() -> isRoomFor(most));
    Instant later = Instant.now().plusSeconds(600);
    UUID needed = submitted("{\"type\":\"noop\",\"run_at\":\"%s\"}".formatted(later), 0, 202);

    // When
    UUID waiting =
        submitted("{\"type\":\"noop\",\"depends_on\":[\"%s\"]}".formatted(needed), 0, 202);

    // Then
    await().atMost(Duration.ofMinutes(1)).until(() -> !isRoomFor(most));
    assertThat(isRoomFor(most - 1)).isTrue();
    given().post("/api/tasks/" + needed + "/cancel").then().statusCode(200);
    await().atMost(Duration.ofMinutes(1)).until(() -> isRoomFor(most));
    given().get("/api/tasks/" + waiting).then().body("status", equalTo("cancelled"));
  }
}
