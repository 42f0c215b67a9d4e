package com.sutazai.tasks.schedule;

import static com.sutazai.platform.sql.SqlValues.column;
import static com.sutazai.platform.sql.SqlValues.time;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import com.sutazai.tasks.Task;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code schedules}. */
@ApplicationScoped
class ScheduleRepository {
  private static final Statement LIST =
      Statement.of(
          "schedules.list",
          """
      SELECT id, name, cron, time_zone, enabled, task::text AS task, missed, next_run_at, last_run_at, last_task_id,
             error_code, error_detail, version, created_at, updated_at
      FROM schedules
      WHERE owner_id = $1 AND ($2::uuid IS NULL OR id < $2)
      ORDER BY id DESC
      LIMIT $3
      """);

  private static final Statement FIND =
      Statement.of(
          "schedules.find",
          """
      SELECT id, name, cron, time_zone, enabled, task::text AS task, missed, next_run_at, last_run_at, last_task_id,
             error_code, error_detail, version, created_at, updated_at
      FROM schedules
      WHERE id = $1 AND owner_id = $2
      """);

  // One at a time for each owner, so that counting and looking for a name hold until the commit.
  private static final Statement LOCK_OWNER =
      Statement.of("schedules.lock_owner", "SELECT id FROM owners WHERE id = $1 FOR NO KEY UPDATE");

  private static final Statement COUNT =
      Statement.of(
          "schedules.count", "SELECT count(*) AS schedules FROM schedules WHERE owner_id = $1");

  private static final Statement NAME_TAKEN =
      Statement.of(
          "schedules.name_taken",
          "SELECT EXISTS (SELECT FROM schedules WHERE owner_id = $1 AND name = $2 AND id <> $3) AS taken");

  private static final Statement NOW =
      Statement.of("schedules.now", "SELECT clock_timestamp() AS now");

  private static final Statement INSERT =
      Statement.of(
          "schedules.insert",
          """
      INSERT INTO schedules (id, owner_id, name, cron, time_zone, enabled, missed, task, next_run_at, created_at, updated_at,
                             by_admin, key_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10, $10, $11, $12)
      RETURNING id, name, cron, time_zone, enabled, task::text AS task, missed, next_run_at, last_run_at, last_task_id,
                error_code, error_detail, version, created_at, updated_at
      """);

  // Waits for a run of the schedule that is on its way: from then on its next moment is known.
  private static final Statement LOCK =
      Statement.of(
          "schedules.lock",
          "SELECT next_run_at FROM schedules WHERE id = $1 AND version = $2 FOR NO KEY UPDATE");

  private static final Statement UPDATE =
      Statement.of(
          "schedules.update",
          """
      UPDATE schedules
      SET name = $2, cron = $3, time_zone = $4, enabled = $5, missed = $6, task = $7::text::jsonb,
          next_run_at = $8, updated_at = $9, version = version + 1,
          by_admin = coalesce($10, by_admin), key_id = CASE WHEN $10::boolean IS NULL THEN key_id ELSE $11 END
      WHERE id = $1
      RETURNING id, name, cron, time_zone, enabled, task::text AS task, missed, next_run_at, last_run_at, last_task_id,
                error_code, error_detail, version, created_at, updated_at
      """);

  private static final Statement DELETE =
      Statement.of("schedules.delete", "DELETE FROM schedules WHERE id = $1 AND version = $2");

  private static final Statement UNTIL_DUE =
      Statement.of(
          "schedules.until_due",
          "SELECT ceil(extract(epoch FROM min(next_run_at) - now()) * 1000)::bigint AS wait_ms FROM schedules");

  // Those that another process has in its hands are left to it.
  private static final Statement DUE =
      Statement.of(
          "schedules.due",
          """
      SELECT s.id, s.owner_id, o.name AS owner, s.cron, s.time_zone, s.missed, s.task::text AS task, s.next_run_at,
             s.by_admin, s.key_id, now() AS now
      FROM schedules s
      JOIN owners o ON o.id = s.owner_id
      WHERE s.next_run_at <= now()
      ORDER BY s.next_run_at
      LIMIT $1
      FOR NO KEY UPDATE OF s SKIP LOCKED
      """);

  // A moment that was passed over leaves what is known of the last run. By key: many schedules may
  // share a moment, so its index must not serve the comparison.
  private static final Statement MOVE_ON =
      Statement.of(
          "schedules.move_on",
          """
      UPDATE schedules
      SET next_run_at = run.next_run_at,
          last_run_at = CASE WHEN run.task_id IS NULL THEN last_run_at ELSE now() END,
          last_task_id = coalesce(run.task_id, last_task_id),
          error_code = CASE WHEN run.task_id IS NULL THEN coalesce(run.error_code, schedules.error_code) END,
          error_detail = CASE WHEN run.task_id IS NULL THEN coalesce(run.error_detail, schedules.error_detail) END
      FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[])
        AS run (id, due_at, next_run_at, task_id, error_code, error_detail)
      WHERE schedules.id = run.id AND schedules.next_run_at IS NOT DISTINCT FROM run.due_at
      """);

  List<Schedule> list(Sql sql, UUID owner, @Nullable UUID after, int limit) {
    return sql.query(LIST, owner, after, limit).stream().map(Schedule::from).toList();
  }

  Optional<Schedule> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream().findFirst().map(Schedule::from);
  }

  /** Lets nobody else change the owner's schedules until the transaction ends. */
  void lockOwner(Sql sql, UUID owner) {
    sql.query(LOCK_OWNER, owner);
  }

  long count(Sql sql, UUID owner) {
    return sql.query(COUNT, owner).getFirst().getLong("schedules");
  }

  boolean nameTaken(Sql sql, UUID owner, String name, UUID self) {
    return sql.query(NAME_TAKEN, owner, name, self).getFirst().getBoolean("taken");
  }

  /** What the database's clock shows, which decides what is due. */
  Instant now(Sql sql) {
    return sql.query(NOW).getFirst().getOffsetDateTime("now").toInstant();
  }

  Schedule insert(
      Sql sql,
      Caller caller,
      UUID id,
      ScheduleValues values,
      @Nullable Instant nextRunAt,
      Instant now) {
    return Schedule.from(
        sql.query(
                INSERT,
                id,
                caller.owner(),
                values.name(),
                values.cron(),
                values.timeZone(),
                values.enabled(),
                values.missed(),
                values.task(),
                time(nextRunAt),
                time(now),
                caller.admin(),
                caller.keyId())
            .getFirst());
  }

  /** Lets nobody run it until the transaction ends; empty when it was changed since. */
  Optional<Row> lock(Sql sql, UUID id, long version) {
    return sql.query(LOCK, id, version).stream().findFirst();
  }

  /**
   * Changes a schedule that is locked.
   *
   * @param by whose task it is now; null where the task is the same
   */
  Schedule update(
      Sql sql,
      UUID id,
      ScheduleValues values,
      @Nullable Instant nextRunAt,
      Instant now,
      @Nullable Caller by) {
    return Schedule.from(
        sql.query(
                UPDATE,
                id,
                values.name(),
                values.cron(),
                values.timeZone(),
                values.enabled(),
                values.missed(),
                values.task(),
                time(nextRunAt),
                time(now),
                by == null ? null : by.admin(),
                by == null ? null : by.keyId())
            .getFirst());
  }

  boolean delete(Sql sql, UUID id, long version) {
    return sql.update(DELETE, id, version) == 1;
  }

  /** How long until a schedule is due; empty when none ever is. */
  Optional<Duration> untilDue(Sql sql) {
    Long wait = sql.query(UNTIL_DUE).getFirst().getLong("wait_ms");
    return Optional.ofNullable(wait).map(Duration::ofMillis);
  }

  /** Schedules that are due, locked for this transaction, at most so many; earliest first. */
  List<Row> due(Sql sql, int limit) {
    return sql.query(DUE, limit);
  }

  /** Stores what became of due moments; those that others took meanwhile are left as they are. */
  void moveOn(Sql sql, List<Run> runs) {
    sql.update(
        MOVE_ON,
        column(runs, UUID[]::new, Run::scheduleId),
        column(runs, OffsetDateTime[]::new, run -> time(run.dueAt())),
        column(runs, OffsetDateTime[]::new, run -> time(run.nextRunAt())),
        column(runs, UUID[]::new, Run::taskId),
        column(runs, String[]::new, run -> run.error() == null ? null : run.error().code()),
        column(runs, String[]::new, run -> run.error() == null ? null : run.error().detail()));
  }

  /** The columns that a caller may set, checked. */
  record ScheduleValues(
      String name, String cron, String timeZone, boolean enabled, String missed, String task) {}

  /**
   * What becomes of a due moment: a task, an error, or nothing when it was missed.
   *
   * @param dueAt the schedule's {@code next_run_at} as it was seen
   */
  record Run(
      UUID scheduleId,
      Instant dueAt,
      Instant nextRunAt,
      @Nullable UUID taskId,
      Task.@Nullable Failure error) {}
}
