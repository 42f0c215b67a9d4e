package com.sutazai.queue.broker;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import com.sutazai.queue.Job;
import com.sutazai.queue.Jobs;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What the broker's messages mean in the rows of {@code jobs}. */
@ApplicationScoped
class BrokerJobs {
  /** Weight of the newest message in the moving average of waits. */
  private static final double NEWEST = 0.1;

  // Locked until the publisher knows what became of them, so that no other publishes them too.
  private static final Statement TAKE_UNPUBLISHED =
      Statement.of(
          "jobs.take_unpublished",
          """
      SELECT next.task_id, next.type, next.priority, next.attempt
      FROM generate_series(10, 0, -1) AS level (priority)
      CROSS JOIN LATERAL (
        SELECT job.task_id, job.type, job.priority, job.attempt
        FROM unnest($1::text[]) AS route (type)
        CROSS JOIN LATERAL (
          SELECT task_id, type, priority, attempt
          FROM jobs
          WHERE type = route.type AND priority = level.priority::smallint AND visible_at <= now()
            AND published_at IS NULL AND lease IS NULL
          ORDER BY visible_at
          LIMIT $2
          FOR UPDATE SKIP LOCKED) job
        LIMIT $2) next
      LIMIT $2
      """);

  private static final Statement PUBLISHED =
      Statement.of(
          "jobs.published",
          "UPDATE jobs SET published_at = clock_timestamp() WHERE task_id = ANY ($1)");

  // A message may come before its publisher has committed: then this waits for that. In one order,
  // so that two claims never wait for each other.
  private static final Statement CLAIM_PUBLISHED =
      Statement.of(
          "jobs.claim_published",
          """
      WITH due AS (
        SELECT task_id
        FROM jobs
        WHERE task_id = ANY ($1) AND visible_at <= now() AND type = ANY ($2)
          AND (expires_at IS NULL OR expires_at > now())
        ORDER BY task_id
        FOR UPDATE)
      UPDATE jobs
      SET lease = $3, worker_id = NULL, visible_at = now() + $4 * interval '1 millisecond',
          attempt = attempt + 1, started_at = now()
      FROM due
      WHERE jobs.task_id = due.task_id
      RETURNING jobs.task_id, jobs.type, jobs.owner_id,
                (extract(epoch FROM now() - jobs.published_at) * 1000)::float8 AS waited_ms
      """);

  // The oldest first: the broker goes by priority, so what waits there for long is taken here. A
  // lease that ran out was a dead process's, and nobody publishes it.
  private static final Statement CLAIM_LEFT =
      Statement.of(
          "jobs.claim_left",
          """
      WITH oldest AS (
        SELECT next.task_id
        FROM unnest($1::text[], $2::int[]) AS room (type, seats)
        CROSS JOIN LATERAL (
          SELECT job.task_id
          FROM generate_series(10, 0, -1) AS level (priority)
          CROSS JOIN LATERAL (
            SELECT task_id, visible_at
            FROM jobs
            WHERE type = room.type AND priority = level.priority::smallint AND visible_at <= now()
              AND (expires_at IS NULL OR expires_at > now())
              AND (lease IS NOT NULL
                OR published_at <= now() - $6 * interval '1 millisecond'
                OR (published_at IS NULL AND visible_at <= now() - $7 * interval '1 millisecond'))
            ORDER BY visible_at
            LIMIT room.seats) job
          ORDER BY job.visible_at
          LIMIT room.seats) next
        LIMIT $3),
      due AS (
        SELECT task_id
        FROM jobs
        WHERE task_id IN (SELECT task_id FROM oldest) AND visible_at <= now()
        FOR UPDATE SKIP LOCKED)
      UPDATE jobs
      SET lease = $4, worker_id = NULL, visible_at = now() + $5 * interval '1 millisecond',
          attempt = attempt + 1, started_at = now()
      FROM due
      WHERE jobs.task_id = due.task_id
      RETURNING jobs.task_id, jobs.type, jobs.owner_id
      """);

  private final Database database;
  private final Jobs jobs;
  private volatile double waitMs;

  BrokerJobs(Database database, Jobs jobs) {
    this.database = database;
    this.jobs = jobs;
  }

  /** A job that is due and has no message yet. */
  record Due(UUID taskId, String type, int priority, int attempt) {}

  /** Due jobs without a message, the most urgent first, locked for the caller's transaction. */
  List<Due> takeUnpublished(Sql sql, Set<String> types, int limit) {
    return sql.query(TAKE_UNPUBLISHED, types.toArray(String[]::new), limit).stream()
        .map(
            row ->
                new Due(
                    row.getUUID("task_id"),
                    row.getString("type"),
                    row.getShort("priority"),
                    row.getInteger("attempt") + 1))
        .toList();
  }

  /** Notes that the broker has a message about each. */
  void published(Sql sql, Collection<UUID> taskIds) {
    sql.update(PUBLISHED, (Object) taskIds.toArray(UUID[]::new));
  }

  /** Claims those of the jobs that are still due. */
  List<Job> claimPublished(Collection<UUID> taskIds, Set<String> types, UUID lease, Duration hold) {
    List<Row> rows =
        database.query(
            CLAIM_PUBLISHED,
            taskIds.toArray(UUID[]::new),
            types.toArray(String[]::new),
            lease,
            hold.toMillis());
    rows.forEach(this::measure);
    return rows.stream().map(row -> jobs.claimed(row, lease)).toList();
  }

  private void measure(Row row) {
    Double waited = row.getDouble("waited_ms");
    if (waited != null) {
      waitMs += NEWEST * (Math.max(0, waited) - waitMs);
    }
  }

  /** How long messages wait from being published to their claim: a moving average. */
  Duration measuredWait() {
    return Duration.ofMillis((long) waitMs);
  }

  /**
   * Claims what the broker had its chance at.
   *
   * @param room how many of each type at most
   * @param unclaimed for so long since they were published
   * @param unpublished for so long since they were due
   */
  List<Job> claimLeft(
      Map<String, Integer> room,
      int limit,
      UUID lease,
      Duration hold,
      Duration unclaimed,
      Duration unpublished) {
    return database
        .query(
            CLAIM_LEFT,
            room.keySet().toArray(String[]::new),
            room.values().toArray(Integer[]::new),
            limit,
            lease,
            hold.toMillis(),
            unclaimed.toMillis(),
            unpublished.toMillis())
        .stream()
        .map(row -> jobs.claimed(row, lease))
        .toList();
  }
}
