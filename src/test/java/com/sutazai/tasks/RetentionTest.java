package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Old tasks go, all others stay; on a type that nothing runs. */
@QuarkusTest
class RetentionTest {
  private static final Duration KEEP = Duration.ofDays(10);
  private static final Duration OLD = Duration.ofDays(20);
  private static final Statement DELETE_DEPENDENCIES =
      Statement.of(
          "test.delete_dependencies",
          "DELETE FROM task_dependencies WHERE task_id IN (SELECT id FROM tasks WHERE type = $1)");

  private final Retention retention;
  private final Database database;
  private final String type = "retention-test-" + UUID.randomUUID();
  private final Instant now = Instant.now();
  private long made;

  RetentionTest(Retention retention, Database database) {
    this.retention = retention;
    this.database = database;
  }

  @AfterEach
  void leaveNothing() {
    database.update(DELETE_DEPENDENCIES, type);
    database.update(Statement.of("test.delete", "DELETE FROM tasks WHERE type = $1"), type);
  }

  /** A task that was made so long ago, and ended so long ago unless it has not. */
  private UUID task(Duration age, @Nullable Duration ended) {
    Instant created = now.minus(age);
    UUID first = Ids.firstOf(created);
    UUID id = new UUID(first.getMostSignificantBits(), first.getLeastSignificantBits() + ++made);
    database.update(
        Statement.of(
            "test.task",
            """
            INSERT INTO tasks (id, owner_id, type, status, payload, created_at, run_at, completed_at)
            VALUES ($1, $2, $3, $4, '{}', $5, $5, $6)
            """),
        id,
        Caller.LOCAL_OWNER,
        type,
        ended == null ? "pending" : "completed",
        at(created),
        ended == null ? null : at(now.minus(ended)));
    return id;
  }

  private static OffsetDateTime at(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private List<UUID> left() {
    return database
        .query(Statement.of("test.left", "SELECT id FROM tasks WHERE type = $1 ORDER BY id"), type)
        .stream()
        .map(row -> row.getUUID("id"))
        .toList();
  }

  @Test
  void only_what_ended_before_the_keep_time_goes() throws Exception {
    // Given
    task(OLD, OLD.minusMinutes(1));
    UUID runAgain = task(OLD, Duration.ofHours(1));
    UUID unfinished = task(OLD, null);
    UUID young = task(KEEP.minusHours(1), KEEP.minusHours(2));

    // When
    long removed = retention.sweep(KEEP);

    // Then
    assertThat(removed).isEqualTo(1);
    assertThat(left()).containsExactly(runAgain, unfinished, young);
    assertThat(given().get("/metrics").asString()).containsPattern("tasks_removed_total [1-9]");
  }

  @Test
  void what_was_kept_of_a_removed_task_is_not_answered() throws Exception {
    // Given
    String path = "/api/tasks/" + task(OLD, OLD.minusMinutes(1));
    given().get(path).then().statusCode(200).header("X-Cache", equalTo("MISS"));
    given().get(path).then().statusCode(200).header("X-Cache", equalTo("HIT"));
    retention.sweep(KEEP);

    // When, then
    given().get(path).then().statusCode(404);
  }

  @Test
  void what_another_task_waits_for_stays_until_it_does_not() throws Exception {
    // Given
    UUID needed = task(OLD, OLD.minusMinutes(1));
    UUID open = task(OLD, null);
    UUID waiting = task(OLD, null);
    database.update(
        Statement.of(
            "test.job",
            "INSERT INTO jobs (task_id, owner_id, type, priority, visible_at) VALUES ($1, $2, $3, 5, 'infinity')"),
        waiting,
        Caller.LOCAL_OWNER,
        type);
    for (UUID each : List.of(needed, open)) {
      database.update(
          Statement.of(
              "test.dependency", "INSERT INTO task_dependencies (task_id, needs) VALUES ($1, $2)"),
          waiting,
          each);
    }

    // When
    retention.sweep(KEEP);

    // Then
    assertThat(left()).contains(needed);
    database.update(DELETE_DEPENDENCIES, type);
    retention.sweep(KEEP);
    assertThat(left()).containsExactly(open, waiting);
  }

  @Test
  void many_go_in_steps_and_several_processes_do_not_disturb_each_other() throws Exception {
    // Given
    int many = 2500;
    for (int i = 0; i < many; i++) {
      task(OLD, OLD.minusMinutes(1));
    }
    UUID young = task(Duration.ofDays(1), Duration.ofDays(1));

    // When
    long removed = 0;
    try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Long>> sweeps = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        sweeps.add(() -> retention.sweep(KEEP));
      }
      for (Future<Long> sweep : processes.invokeAll(sweeps)) {
        removed += sweep.get();
      }
    }

    // Then
    assertThat(removed).isEqualTo(many);
    assertThat(left()).containsExactly(young);
  }
}
