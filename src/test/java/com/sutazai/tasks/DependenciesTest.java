package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.ArrayList;
import java.util.List;
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

  /** A chain of tasks, the first of which was cancelled. */
  private static final Statement CHAIN =
      Statement.of(
          "test.chain",
          """
          WITH chain AS (
            INSERT INTO tasks (id, owner_id, type, status, payload, created_at, run_at, completed_at)
            SELECT ('00000009-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, $1, $2,
                   CASE WHEN i = 0 THEN 'cancelled' ELSE 'pending' END, '{}', now(), now(), CASE WHEN i = 0 THEN now() END
            FROM generate_series(0, $3) i)
          INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
          SELECT ('00000009-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, $1, $2, 5, 'infinity'
          FROM generate_series(1, $3) i
          """);

  private static final Statement LINK_CHAIN =
      Statement.of(
          "test.link_chain",
          """
          INSERT INTO task_dependencies (task_id, needs)
          SELECT ('00000009-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
                 ('00000009-0000-7000-8000-' || lpad(to_hex(i - 1), 12, '0'))::uuid
          FROM generate_series(1, $1) i
          """);

  private final Dependencies dependencies;
  private final Database database;
  private final OpenDependencies open;
  private final TasksConfig config;

  DependenciesTest(
      Dependencies dependencies, Database database, OpenDependencies open, TasksConfig config) {
    this.dependencies = dependencies;
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
    UUID needed = submitted("{\"type\":\"noop\"}", 60, 200);
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

  @Test
  void a_long_chain_of_tasks_is_cancelled_in_few_statements() {
    // Given
    int length = 2 * Dependencies.MOST_CANCELLED + 1;
    String type = "chain-" + UUID.randomUUID();

    // When
    List<Integer> cancelled = new ArrayList<>();
    assertThatThrownBy(
            () ->
                database.transaction(
                    sql -> {
                      sql.update(CHAIN, Caller.LOCAL_OWNER, type, length);
                      sql.update(LINK_CHAIN, length);
                      for (int i = 0; i < 4; i++) {
                        cancelled.add(
                            (int)
                                dependencies.cancelBroken(sql).stream()
                                    .filter(row -> row.getString("type").equals(type))
                                    .count());
                      }
                      throw new NothingToKeep();
                    }))
        .isInstanceOf(NothingToKeep.class);

    // Then
    assertThat(cancelled)
        .containsExactly(Dependencies.MOST_CANCELLED, Dependencies.MOST_CANCELLED, 1, 0);
  }

  private static final class NothingToKeep extends RuntimeException {}
}
