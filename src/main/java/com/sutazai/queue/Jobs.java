package com.sutazai.queue;

import static com.sutazai.platform.sql.SqlValues.column;
import static com.sutazai.platform.sql.SqlValues.withoutTwins;
import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toUnmodifiableSet;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The durable queue: one narrow row for each unfinished task. Whoever holds the lease may end the
 * job; a statement that names a lost lease changes nothing, and that is a normal outcome.
 */
@ApplicationScoped
public class Jobs {
  // What is done for each job does not join this table to a list: it is empty again and again, and
  // a plan that was made then reads all of it and goes through the list for each row. Rows are
  // found by = ANY instead, and what belongs to them by array_position, which finds the first only:
  // no
  // list names a job twice.

  // SKIP LOCKED lets several processes claim side by side; an expired lease is claimed like a
  // waiting job. Type by type, so that a busy one hides no other, and level by level, so that jobs
  // whose time has not come are never walked over, nor dead entries before the floor ($6).
  // What expired is left to those who end it.
  private static final Statement CLAIM =
      Statement.of(
          "jobs.claim",
          """
      WITH due AS (
        SELECT next.task_id, next.visible_at
        FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS room (type, seats, number)
        CROSS JOIN LATERAL (
          SELECT job.task_id, job.visible_at
          FROM generate_series(10, 0, -1) AS level (priority)
          CROSS JOIN LATERAL (
            SELECT task_id, visible_at
            FROM jobs
            WHERE type = room.type AND priority = level.priority::smallint
              AND visible_at BETWEEN ($6::timestamptz[])[(room.number - 1) * 11 + level.priority + 1] AND now()
              AND (expires_at IS NULL OR expires_at > now())
            ORDER BY visible_at
            LIMIT room.seats
            FOR UPDATE SKIP LOCKED) job
          LIMIT room.seats) next
        LIMIT $3)
      UPDATE jobs
      SET lease = $4, worker_id = NULL, visible_at = now() + $5 * interval '1 millisecond',
          attempt = attempt + 1, started_at = now()
      WHERE task_id = ANY (ARRAY (SELECT task_id FROM due))
      RETURNING task_id, type, owner_id, priority,
        (ARRAY (SELECT visible_at FROM due))[array_position(ARRAY (SELECT task_id FROM due), task_id)] AS due_since
      """);

  private static final Statement CLAIM_OLDEST =
      Statement.of(
          "jobs.claim_oldest",
          """
      WITH oldest AS (
        SELECT next.task_id
        FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS room (type, seats, number)
        CROSS JOIN LATERAL (
          SELECT job.task_id
          FROM generate_series(10, 0, -1) AS level (priority)
          CROSS JOIN LATERAL (
            SELECT task_id, visible_at
            FROM jobs
            WHERE type = room.type AND priority = level.priority::smallint
              AND visible_at BETWEEN ($6::timestamptz[])[(room.number - 1) * 11 + level.priority + 1] AND now()
              AND (expires_at IS NULL OR expires_at > now())
            ORDER BY visible_at
            LIMIT room.seats) job
          ORDER BY job.visible_at
          LIMIT room.seats) next
        LIMIT $3),
      due AS (
        SELECT task_id, visible_at
        FROM jobs
        WHERE task_id = ANY (ARRAY (SELECT task_id FROM oldest)) AND visible_at <= now()
        FOR UPDATE SKIP LOCKED)
      UPDATE jobs
      SET lease = $4, worker_id = NULL, visible_at = now() + $5 * interval '1 millisecond',
          attempt = attempt + 1, started_at = now()
      WHERE task_id = ANY (ARRAY (SELECT task_id FROM due))
      RETURNING task_id, type, owner_id, priority,
        (ARRAY (SELECT visible_at FROM due))[array_position(ARRAY (SELECT task_id FROM due), task_id)] AS due_since
      """);

  private static final Statement RENEW =
      Statement.of(
          "jobs.renew",
          """
      UPDATE jobs
      SET visible_at = now() + $3 * interval '1 millisecond'
      WHERE task_id = ANY ($1::uuid[]) AND lease = ($2::uuid[])[array_position($1::uuid[], task_id)]
      RETURNING task_id
      """);

  // Not past the task's own time limit: from then on the lease runs out.
  private static final Statement RENEW_FOR_WORKER =
      Statement.of(
          "jobs.renew_for_worker",
          """
      UPDATE jobs
      SET visible_at = now() + $4 * interval '1 millisecond'
      FROM unnest($1::uuid[], $2::uuid[]) AS held (task_id, lease), tasks
      WHERE jobs.task_id = held.task_id AND jobs.lease = held.lease AND jobs.worker_id = $3
        AND tasks.id = jobs.task_id AND jobs.started_at + tasks.timeout_seconds * interval '1 second' > now()
      RETURNING jobs.task_id
      """);

  private static final Statement HAND_BACK =
      Statement.of(
          "jobs.hand_back",
          """
      UPDATE jobs
      SET lease = NULL, worker_id = NULL, published_at = NULL, attempt = attempt - 1,
          visible_at = now() + $3 * interval '1 millisecond'
      WHERE task_id = $1 AND lease = $2
      """);

  private static final Statement RELEASE_ALL =
      Statement.of(
          "jobs.release_all",
          """
      UPDATE jobs
      SET lease = NULL, published_at = NULL, visible_at = now()
      WHERE lease IS NOT NULL AND worker_id IS NULL
      """);

  private final Database database;
  private final QueueDepth depth;
  private final ClaimFloors floors = new ClaimFloors();

  Jobs(Database database, QueueDepth depth) {
    this.database = database;
    this.depth = depth;
  }

  /**
   * Puts a claimed job back, to be claimed after the pause by whoever comes first; the try that
   * ends so does not count. False when the lease was lost.
   */
  public boolean handBack(Job job, Duration pause) {
    return database.update(HAND_BACK, job.taskId(), job.lease(), pause.toMillis()) == 1;
  }

  /**
   * Frees every claim of a process of ours at once instead of waiting for its lease to end. Only
   * for a database that no other process can use, before this one claims anything: whoever held
   * such a claim is dead. Workers run elsewhere and keep theirs.
   */
  public int releaseAll() {
    return database.update(RELEASE_ALL);
  }

  /**
   * Claims due jobs.
   *
   * @param room how many of each type at most; types that come first are served first
   * @param byAge the oldest of each type first; else by priority, and by age within one
   */
  List<Job> claim(Map<String, Integer> room, int limit, UUID lease, Duration hold, boolean byAge) {
    Statement claim = byAge ? CLAIM_OLDEST : CLAIM;
    List<Row> rows = claimRows(claim, room, limit, lease, hold);
    if (rows.isEmpty() && floors.lowered()) {
      rows = claimRows(claim, room, limit, lease, hold);
    }
    return rows.stream().map(row -> claimed(row, lease)).toList();
  }

  private List<Row> claimRows(
      Statement claim, Map<String, Integer> room, int limit, UUID lease, Duration hold) {
    List<Row> rows =
        database.query(
            claim,
            room.keySet().toArray(String[]::new),
            room.values().toArray(Integer[]::new),
            limit,
            lease,
            hold.toMillis(),
            floors.of(room.keySet()));
    rows.forEach(
        row ->
            floors.taken(
                row.getString("type"),
                row.getShort("priority"),
                row.getOffsetDateTime("due_since")));
    return rows;
  }

  /** The job of a row that a claim returned: {@code task_id}, {@code type} and {@code owner_id}. */
  public Job claimed(Row row, UUID lease) {
    depth.claimed(row.getString("type"), row.getUUID("owner_id"));
    return new Job(row.getUUID("task_id"), row.getString("type"), lease);
  }

  /**
   * The tasks among {@code held} whose lease was renewed; the others were lost. A task may be held
   * twice: lost, and claimed again.
   */
  Set<UUID> renew(Collection<Job> held, Duration hold) {
    List<Job> ordered = held.stream().sorted(comparing(Job::taskId)).toList();
    return withoutTwins(ordered, Job::taskId).stream()
        .flatMap(jobs -> renewAll(jobs, hold))
        .collect(toUnmodifiableSet());
  }

  private Stream<UUID> renewAll(List<Job> held, Duration hold) {
    return database
        .query(
            RENEW,
            column(held, UUID[]::new, Job::taskId),
            column(held, UUID[]::new, Job::lease),
            hold.toMillis())
        .stream()
        .map(row -> row.getUUID("task_id"));
  }

  /** The tasks among {@code held} whose lease was renewed for the worker. */
  public Set<UUID> renewFor(UUID worker, List<Job> held, Duration hold) {
    return Set.copyOf(
        database
            .query(
                RENEW_FOR_WORKER,
                column(held, UUID[]::new, Job::taskId),
                column(held, UUID[]::new, Job::lease),
                worker,
                hold.toMillis())
            .stream()
            .map(row -> row.getUUID("task_id"))
            .toList());
  }
}
