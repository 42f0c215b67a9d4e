package com.sutazai.queue;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import com.sutazai.platform.sql.Turn;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Claims of agents outside of this program, one job at a time. */
@ApplicationScoped
public class WorkerClaims {
  /** As long as the turn among processes is waited for. */
  private static final Duration LONGEST_TURN = Duration.ofSeconds(1);

  /** Waiting jobs of other owners that a look walks over without a thought. */
  private static final long FEW = 500;

  // What expired is left to those who end it.
  private static final Statement CLAIM =
      Statement.of(
          "jobs.claim_for_worker",
          """
      WITH due AS (
        SELECT j.task_id
        FROM jobs j
        JOIN tasks t ON t.id = j.task_id
        WHERE (j.owner_id = $1 OR $8) AND j.type = $2 AND j.visible_at <= now()
          AND (j.expires_at IS NULL OR j.expires_at > now())
          AND t.required_capabilities <@ $3::text[] AND (NOT t.agent_required OR t.agent_id = $4)
          AND (SELECT count(*) FROM jobs WHERE worker_id = $4 AND visible_at > now()) < $5
        ORDER BY j.priority DESC, j.visible_at
        LIMIT 1
        FOR UPDATE OF j SKIP LOCKED)
      UPDATE jobs
      SET lease = $6, worker_id = $4, visible_at = now() + $7 * interval '1 millisecond',
          attempt = attempt + 1, started_at = now()
      FROM due
      WHERE jobs.task_id = due.task_id
      RETURNING jobs.task_id, jobs.type, jobs.owner_id, jobs.visible_at
      """);

  // Level by level, each from its floor ($8). What the look saw comes back also when it found
  // nothing.
  private static final Statement CLAIM_BEHIND_OTHERS =
      Statement.of(
          "jobs.claim_behind_others",
          """
      WITH held AS (SELECT count(*) AS jobs FROM jobs WHERE worker_id = $4 AND visible_at > now()),
      due AS (
        SELECT job.task_id, job.visible_at
        FROM generate_series(10, 0, -1) AS level (priority)
        CROSS JOIN LATERAL (
          SELECT j.task_id, j.visible_at
          FROM jobs j
          JOIN tasks t ON t.id = j.task_id
          WHERE j.owner_id = $1 AND j.type = $2 AND j.priority = level.priority::smallint
            AND j.visible_at BETWEEN ($8::timestamptz[])[level.priority + 1] AND now()
            AND (j.expires_at IS NULL OR j.expires_at > now())
            AND t.required_capabilities <@ $3::text[] AND (NOT t.agent_required OR t.agent_id = $4)
          ORDER BY j.visible_at
          LIMIT 1
          FOR UPDATE OF j SKIP LOCKED) job
        WHERE (SELECT jobs FROM held) < $5
        LIMIT 1),
      claimed AS (
        UPDATE jobs
        SET lease = $6, worker_id = $4, visible_at = now() + $7 * interval '1 millisecond',
            attempt = attempt + 1, started_at = now()
        FROM due
        WHERE jobs.task_id = due.task_id
        RETURNING jobs.task_id, jobs.type, jobs.owner_id, jobs.visible_at, jobs.priority, due.visible_at AS due_since)
      SELECT held.jobs < $5 AS had_room, now() AS looked_at, claimed.*
      FROM held
      LEFT JOIN claimed ON true
      """);

  private final Jobs jobs;
  private final QueueDepth depth;
  private final WorkerFloors floors = new WorkerFloors();
  private final WorkerTurns turns = new WorkerTurns();

  WorkerClaims(Jobs jobs, QueueDepth depth) {
    this.jobs = jobs;
    this.depth = depth;
  }

  /** A job of the owner in a worker's hands until {@code until}, unless it is renewed. */
  public record Lent(Job job, UUID owner, Instant until) {}

  /**
   * Who asks for a job from elsewhere.
   *
   * @param limit jobs that it takes at once
   * @param anyOwner whether it takes those of all owners
   */
  public record Worker(UUID id, List<String> capabilities, int limit, boolean anyOwner) {}

  /**
   * The transaction with a claim, as soon as no other of the worker is under way in this process;
   * empty when that takes longer than a second.
   */
  public <T> Optional<T> inTurn(UUID worker, Supplier<Optional<T>> transaction) {
    return turns.take(worker, LONGEST_TURN, transaction);
  }

  /**
   * Claims one due job of the type, and of the owner or of any, that the worker may run; empty when
   * there is none or the worker holds {@code limit} already. Claims of one worker go one after the
   * other, so that each counts those before it.
   *
   * @param sql a transaction
   */
  public Optional<Lent> claim(
      Sql sql, UUID owner, String type, Worker worker, UUID lease, Duration hold) {
    if (!Turn.take(sql, "claims of worker " + worker.id())) {
      return Optional.empty();
    }
    return !worker.anyOwner() && depth.ofOthers(type, owner) > FEW
        ? claimBehindOthers(sql, owner, type, worker, lease, hold)
        : claimFromTheFront(sql, owner, type, worker, lease, hold);
  }

  private Optional<Lent> claimFromTheFront(
      Sql sql, UUID owner, String type, Worker worker, UUID lease, Duration hold) {
    return sql
        .query(
            CLAIM,
            owner,
            type,
            worker.capabilities().toArray(String[]::new),
            worker.id(),
            worker.limit(),
            lease,
            hold.toMillis(),
            worker.anyOwner())
        .stream()
        .findFirst()
        .map(row -> lent(row, lease));
  }

  private Optional<Lent> claimBehindOthers(
      Sql sql, UUID owner, String type, Worker worker, UUID lease, Duration hold) {
    OffsetDateTime[] from = floors.of(worker.id(), type);
    Row row =
        sql.query(
                CLAIM_BEHIND_OTHERS,
                owner,
                type,
                worker.capabilities().toArray(String[]::new),
                worker.id(),
                worker.limit(),
                lease,
                hold.toMillis(),
                from)
            .getFirst();
    OffsetDateTime at = row.getOffsetDateTime("looked_at");
    if (row.getUUID("task_id") == null) {
      if (row.getBoolean("had_room")) {
        floors.nothing(worker.id(), type, from, at);
      }
      return Optional.empty();
    }
    floors.found(
        worker.id(), type, from, row.getShort("priority"), row.getOffsetDateTime("due_since"), at);
    return Optional.of(lent(row, lease));
  }

  private Lent lent(Row row, UUID lease) {
    return new Lent(
        jobs.claimed(row, lease),
        row.getUUID("owner_id"),
        row.getOffsetDateTime("visible_at").toInstant());
  }
}
