package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker whose owner's jobs stand behind a thousand of another owner. */
@QuarkusTest
class WorkerClaimsTest {
  private static final Statement ADD =
      Statement.of(
          "test.add_jobs",
          """
      WITH added AS (
        INSERT INTO tasks (id, owner_id, type, payload, priority, created_at, run_at)
        SELECT gen_random_uuid(), $1::uuid, $2::text, '{}', $3::smallint, now(), now() - $4 * interval '1 second' FROM generate_series(1, $5::int)
        RETURNING id, owner_id, type, priority, run_at)
      INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
      SELECT id, owner_id, type, priority, run_at FROM added
      RETURNING task_id
      """);

  private static final Statement EXPIRE =
      Statement.of("test.expire", "UPDATE jobs SET expires_at = now() WHERE task_id = $1");

  private final WorkerClaims claims;
  private final QueueDepth depth;
  private final Database database;
  private final Ids ids;
  private final String type = "worker-claims-" + UUID.randomUUID();
  private final UUID busy = UUID.randomUUID();
  private final UUID owner = UUID.randomUUID();

  WorkerClaimsTest(WorkerClaims claims, QueueDepth depth, Database database, Ids ids) {
    this.claims = claims;
    this.depth = depth;
    this.database = database;
    this.ids = ids;
  }

  @BeforeEach
  void fill() {
    add(busy, 10, 60, 500);
    add(busy, 3, 60, 500);
    await().atMost(Duration.ofMinutes(1)).until(() -> depth.ofOthers(type, owner) == 1000);
  }

  @AfterEach
  void leaveNothing() {
    database.update(Statement.of("test.delete_jobs", "DELETE FROM jobs WHERE type = $1"), type);
    database.update(Statement.of("test.delete", "DELETE FROM tasks WHERE type = $1"), type);
  }

  private UUID add(UUID owner, int priority, int secondsAgo, int jobs) {
    return database
        .query(ADD, owner, type, (short) priority, secondsAgo, jobs)
        .getFirst()
        .getUUID("task_id");
  }

  private Optional<UUID> claim(WorkerClaims.Worker worker) {
    return database
        .transaction(
            sql -> claims.claim(sql, owner, type, worker, ids.next(), Duration.ofSeconds(30)))
        .map(lent -> lent.job().taskId());
  }

  private static WorkerClaims.Worker worker(int limit) {
    return new WorkerClaims.Worker(UUID.randomUUID(), List.of(), limit, false);
  }

  @Test
  void it_gets_them_by_priority_and_age_and_what_comes_later() {
    // Given
    UUID old = add(owner, 3, 120, 1);
    UUID younger = add(owner, 3, 30, 1);
    UUID urgent = add(owner, 5, 30, 1);
    var worker = worker(10);

    // When
    List<Optional<UUID>> claimed = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      claimed.add(claim(worker));
    }
    UUID late = add(owner, 10, 0, 1);
    claimed.add(claim(worker));

    // Then
    assertThat(claimed)
        .containsExactly(
            Optional.of(urgent),
            Optional.of(old),
            Optional.of(younger),
            Optional.empty(),
            Optional.of(late));
  }

  @Test
  void what_it_had_no_room_for_it_gets_later() {
    // Given
    var worker = worker(1);
    UUID first = add(owner, 5, 30, 1);
    UUID second = add(owner, 5, 20, 1);

    // When
    List<Optional<UUID>> claimed = List.of(claim(worker), claim(worker));
    database.update(Statement.of("test.delete_job", "DELETE FROM jobs WHERE task_id = $1"), first);

    // Then
    assertThat(claimed).containsExactly(Optional.of(first), Optional.empty());
    assertThat(claim(worker)).hasValue(second);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_has_expired_it_does_not_get(boolean anyOwner) {
    // Given: in one transaction, so that nobody can end it before
    UUID job = add(owner, 10, 120, 1);
    var worker = new WorkerClaims.Worker(UUID.randomUUID(), List.of(), 10, anyOwner);

    // When
    Optional<WorkerClaims.Lent> claimed =
        database.transaction(
            sql -> {
              sql.update(EXPIRE, job);
              return claims.claim(sql, owner, type, worker, ids.next(), Duration.ofSeconds(30));
            });

    // Then
    assertThat(claimed.map(lent -> lent.job().taskId())).isNotEqualTo(Optional.of(job));
  }

  @Test
  void what_became_due_in_the_past_it_gets_within_seconds() {
    // Given
    var worker = worker(10);
    assertThat(claim(worker)).isEmpty();

    // When
    UUID late = add(owner, 5, 30, 1);

    // Then
    assertThat(
            await().atMost(Duration.ofMinutes(1)).until(() -> claim(worker), Optional::isPresent))
        .hasValue(late);
  }
}
