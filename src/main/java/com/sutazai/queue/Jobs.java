package com.sutazai.queue;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The durable queue: one narrow row for each unfinished task. Whoever holds the lease may end the
 * job; a statement that names a lost lease changes nothing, and that is a normal outcome.
 */
@ApplicationScoped
public class Jobs {
  private static final Statement ADD =
      Statement.of(
          "jobs.add",
          "INSERT INTO jobs (task_id, owner_id, type, priority, visible_at) VALUES ($1, $2, $3, $4, $5)");

  // SKIP LOCKED lets several processes claim side by side; an expired lease is claimed like a
  // waiting job. Level by level, so that jobs whose time has not come are never walked over.
  private static final Statement CLAIM =
      Statement.of(
          "jobs.claim",
          """
      WITH due AS (
        SELECT next.task_id
        FROM generate_series(10, 0, -1) AS level (priority)
        CROSS JOIN LATERAL (
          SELECT task_id
          FROM jobs
          WHERE priority = level.priority::smallint AND visible_at <= now() AND type = ANY ($1)
          ORDER BY visible_at
          LIMIT $2
          FOR UPDATE SKIP LOCKED) next
        LIMIT $2)
      UPDATE jobs
      SET lease = $3, worker_id = NULL, visible_at = now() + $4 * interval '1 millisecond'
      FROM due
      WHERE jobs.task_id = due.task_id
      RETURNING jobs.task_id, jobs.type, jobs.owner_id
      """);

  private static final Statement CLAIM_OLDEST =
      Statement.of(
          "jobs.claim_oldest",
          """
      WITH oldest AS (
        SELECT next.task_id
        FROM generate_series(10, 0, -1) AS level (priority)
        CROSS JOIN LATERAL (
          SELECT task_id, visible_at
          FROM jobs
          WHERE priority = level.priority::smallint AND visible_at <= now() AND type = ANY ($1)
          ORDER BY visible_at
          LIMIT $2) next
        ORDER BY next.visible_at
        LIMIT $2),
      due AS (
        SELECT task_id
        FROM jobs
        WHERE task_id IN (SELECT task_id FROM oldest) AND visible_at <= now()
        FOR UPDATE SKIP LOCKED)
      UPDATE jobs
      SET lease = $3, worker_id = NULL, visible_at = now() + $4 * interval '1 millisecond'
      FROM due
      WHERE jobs.task_id = due.task_id
      RETURNING jobs.task_id, jobs.type, jobs.owner_id
      """);

  private static final Statement RENEW =
      Statement.of(
          "jobs.renew",
          """
      UPDATE jobs
      SET visible_at = now() + $3 * interval '1 millisecond'
      FROM unnest($1::uuid[], $2::uuid[]) AS held (task_id, lease)
      WHERE jobs.task_id = held.task_id AND jobs.lease = held.lease
      RETURNING jobs.task_id
      """);

  private static final Statement CLAIM_FOR_WORKER =
      Statement.of(
          "jobs.claim_for_worker",
          """
      WITH due AS (
        SELECT j.task_id
        FROM jobs j
        JOIN tasks t ON t.id = j.task_id
        WHERE j.owner_id = $1 AND j.type = $2 AND j.visible_at <= now()
          AND t.required_capabilities <@ $3::text[] AND (t.agent_id IS NULL OR t.agent_id = $4)
          AND (SELECT count(*) FROM jobs WHERE worker_id = $4 AND visible_at > now()) < $5
        ORDER BY j.priority DESC, j.visible_at
        LIMIT 1
        FOR UPDATE OF j SKIP LOCKED)
      UPDATE jobs
      SET lease = $6, worker_id = $4, visible_at = now() + $7 * interval '1 millisecond'
      FROM due
      WHERE jobs.task_id = due.task_id
      RETURNING jobs.task_id, jobs.type, jobs.owner_id, jobs.visible_at
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
        AND tasks.id = jobs.task_id AND tasks.started_at + tasks.timeout_seconds * interval '1 second' > now()
      RETURNING jobs.task_id
      """);

  private static final Statement END =
      Statement.of("jobs.end", "DELETE FROM jobs WHERE task_id = $1 AND lease = $2");

  private static final Statement AGAIN =
      Statement.of(
          "jobs.again",
          """
      UPDATE jobs
      SET lease = NULL, worker_id = NULL, published_at = NULL, visible_at = now() + $3 * interval '1 millisecond'
      WHERE task_id = $1 AND lease = $2
      """);

  private static final Statement REMOVE =
      Statement.of("jobs.remove", "DELETE FROM jobs WHERE task_id = $1 AND owner_id = $2");

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

  Jobs(Database database, QueueDepth depth) {
    this.database = database;
    this.depth = depth;
  }

  /** Adds a job in the caller's transaction. */
  public void add(Sql sql, UUID taskId, UUID owner, String type, int priority, Instant runAt) {
    sql.update(ADD, taskId, owner, type, (short) priority, runAt.atOffset(ZoneOffset.UTC));
  }

  /** Ends a job whose lease still holds; false when it was lost. */
  public boolean end(Sql sql, Job job) {
    return sql.update(END, job.taskId(), job.lease()) == 1;
  }

  /**
   * Puts a job whose lease still holds back for another try after the pause; false when it was
   * lost.
   */
  public boolean again(Sql sql, Job job, Duration pause) {
    return sql.update(AGAIN, job.taskId(), job.lease(), pause.toMillis()) == 1;
  }

  /** Removes a job whoever holds it; false when there is none. */
  public boolean remove(Sql sql, UUID taskId, UUID owner) {
    return sql.update(REMOVE, taskId, owner) == 1;
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
   * @param byAge the oldest first; else by priority, and by age within one
   */
  List<Job> claim(Set<String> types, int limit, UUID lease, Duration hold, boolean byAge) {
    return database
        .query(
            byAge ? CLAIM_OLDEST : CLAIM,
            types.toArray(String[]::new),
            limit,
            lease,
            hold.toMillis())
        .stream()
        .map(row -> claimed(row, lease))
        .toList();
  }

  private Job claimed(Row row, UUID lease) {
    depth.claimed(row.getString("type"), row.getUUID("owner_id"));
    return new Job(row.getUUID("task_id"), row.getString("type"), lease);
  }

  /** The tasks among {@code held} whose lease was renewed; the others were lost. */
  Set<UUID> renew(Collection<Job> held, Duration hold) {
    return Set.copyOf(
        database
            .query(
                RENEW,
                held.stream().map(Job::taskId).toArray(UUID[]::new),
                held.stream().map(Job::lease).toArray(UUID[]::new),
                hold.toMillis())
            .stream()
            .map(row -> row.getUUID("task_id"))
            .toList());
  }

  /** A job in a worker's hands until {@code until}, unless it is renewed. */
  public record Lent(Job job, Instant until) {}

  /**
   * Claims one due job of the owner and type that the worker may run; empty when there is none or
   * the worker holds {@code limit} already.
   */
  public Optional<Lent> claimFor(
      Sql sql, UUID owner, String type, Worker worker, UUID lease, Duration hold) {
    return sql
        .query(
            CLAIM_FOR_WORKER,
            owner,
            type,
            worker.capabilities().toArray(String[]::new),
            worker.id(),
            worker.limit(),
            lease,
            hold.toMillis())
        .stream()
        .findFirst()
        .map(row -> new Lent(claimed(row, lease), row.getOffsetDateTime("visible_at").toInstant()));
  }

  /**
   * Who asks for a job from elsewhere.
   *
   * @param limit jobs that it takes at once
   */
  public record Worker(UUID id, List<String> capabilities, int limit) {}

  /** The tasks among {@code held} whose lease was renewed for the worker. */
  public Set<UUID> renewFor(UUID worker, Collection<Job> held, Duration hold) {
    return Set.copyOf(
        database
            .query(
                RENEW_FOR_WORKER,
                held.stream().map(Job::taskId).toArray(UUID[]::new),
                held.stream().map(Job::lease).toArray(UUID[]::new),
                worker,
                hold.toMillis())
            .stream()
            .map(row -> row.getUUID("task_id"))
            .toList());
  }
}
