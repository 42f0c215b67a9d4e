package com.sutazai.tasks;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toSet;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Rows of {@code tasks}. */
@ApplicationScoped
class TaskRepository {
  // One statement for any number of tasks and their jobs: one way to the server, one commit. What
  // is to run at once is due by the database's clock: this process' own may be wrong.
  private static final Statement SUBMIT =
      Statement.of(
          "tasks.submit",
          """
      WITH stored AS (
        INSERT INTO tasks (id, owner_id, agent_id, agent, type, priority, max_retries, timeout_seconds,
                           required_capabilities, payload, created_at, run_at, expires_at)
        SELECT id, owner_id, agent_id, agent, type, priority, max_retries, timeout_seconds,
               ARRAY(SELECT jsonb_array_elements_text(capabilities::jsonb)), payload::jsonb, created_at,
               CASE WHEN run_at > created_at THEN run_at ELSE now() END, expires_at
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::int[], $8::int[],
                    $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
          AS new (id, owner_id, agent_id, agent, type, priority, max_retries, timeout_seconds,
                  capabilities, payload, created_at, run_at, expires_at)
        RETURNING id, owner_id, type, priority, run_at, expires_at)
      INSERT INTO jobs (task_id, owner_id, type, priority, visible_at, expires_at)
      SELECT id, owner_id, type, priority, run_at, expires_at FROM stored
      """);

  private static final Statement FIND =
      Statement.of(
          "tasks.find",
          """
      SELECT id, type, agent_id, agent, status, priority, attempt, round, max_retries, timeout_seconds,
             required_capabilities, payload::text AS payload, result::text AS result, error_code, error_detail,
             created_at, run_at, started_at, completed_at, expires_at, dead
      FROM tasks
      WHERE id = $1 AND owner_id = $2
      """);

  // Relies on tasks_by_owner: newest first without a sort. Documents are read only when they are
  // wanted.
  private static final Statement LIST =
      Statement.of(
          "tasks.list",
          """
      SELECT id, type, agent_id, agent, status, priority, attempt, round, max_retries, timeout_seconds,
             required_capabilities, CASE WHEN $8 THEN payload::text END AS payload,
             CASE WHEN $8 THEN result::text END AS result, error_code, error_detail,
             created_at, run_at, started_at, completed_at, expires_at, dead
      FROM tasks
      WHERE owner_id = $1
        AND ($2::text IS NULL OR status = $2)
        AND ($3::text IS NULL OR type = $3)
        AND ($4::uuid IS NULL OR agent_id = $4)
        AND ($5::boolean IS NULL OR dead = $5)
        AND ($6::uuid IS NULL OR id < $6)
      ORDER BY id DESC
      LIMIT $7
      """);

  // The lease in jobs decides; a task whose job was taken away meanwhile is not started.
  private static final Statement BEGIN =
      Statement.of(
          "tasks.begin",
          """
      UPDATE tasks
      SET status = 'processing', attempt = attempt + 1, started_at = now()
      FROM jobs
      WHERE tasks.id = ANY ($1) AND jobs.task_id = tasks.id AND jobs.lease = $2
      RETURNING tasks.id, tasks.owner_id, tasks.agent_id, tasks.type, tasks.attempt, tasks.max_retries,
                tasks.timeout_seconds, tasks.required_capabilities, tasks.payload::text AS payload, tasks.run_at, tasks.started_at
      """);

  // Ends the jobs and stores the results in one statement; rows come back for those whose lease
  // held.
  private static final Statement COMPLETE =
      Statement.of(
          "tasks.complete",
          """
      WITH done AS (
        SELECT task_id, lease, result, agent_id, agent
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[]) AS done (task_id, lease, result, agent_id, agent)),
      ended AS (
        DELETE FROM jobs USING done
        WHERE jobs.task_id = done.task_id AND jobs.lease = done.lease
        RETURNING done.task_id, done.result, done.agent_id, done.agent)
      UPDATE tasks
      SET status = 'completed', result = ended.result::jsonb, agent_id = ended.agent_id, agent = ended.agent,
          error_code = NULL, error_detail = NULL, completed_at = now()
      FROM ended
      WHERE tasks.id = ended.task_id
      RETURNING tasks.id
      """);

  private static final Statement FAIL =
      Statement.of(
          "tasks.fail",
          """
      UPDATE tasks
      SET status = 'failed', error_code = $2, error_detail = $3, dead = $4,
          agent_id = coalesce($5, agent_id), agent = coalesce($6, agent), completed_at = now()
      WHERE id = $1
      """);

  private static final Statement AGAIN =
      Statement.of(
          "tasks.again",
          """
      UPDATE tasks
      SET status = 'pending', error_code = $2, error_detail = $3, attempt = attempt - $4
      WHERE id = $1
      """);

  private static final Statement CANCEL =
      Statement.of(
          "tasks.cancel",
          """
      UPDATE tasks SET status = 'cancelled', completed_at = now() WHERE id = $1
      """);

  private static final Statement RESET =
      Statement.of(
          "tasks.reset",
          """
      UPDATE tasks
      SET status = 'pending', attempt = 0, round = round + 1, dead = false, result = NULL, error_code = NULL, error_detail = NULL,
          started_at = NULL, completed_at = NULL, expires_at = NULL, run_at = now()
      WHERE id = $1 AND owner_id = $2 AND completed_at IS NOT NULL
      RETURNING type, priority, run_at
      """);

  private static final Statement STATISTICS =
      Statement.of(
          "jobs.statistics",
          """
      SELECT type,
             count(*) FILTER (WHERE visible_at <= now()) AS waiting,
             count(*) FILTER (WHERE visible_at > now() AND lease IS NULL) AS later,
             count(*) FILTER (WHERE visible_at > now() AND lease IS NOT NULL) AS running,
             (extract(epoch FROM now() - min(visible_at) FILTER (WHERE visible_at <= now())) * 1000)::bigint AS oldest_wait_ms
      FROM jobs
      WHERE owner_id = $1
      GROUP BY type
      ORDER BY type
      """);

  private static final Statement LOCK =
      Statement.of("tasks.lock", "SELECT status FROM tasks WHERE id = $1 AND owner_id = $2");

  /** Stores tasks together with their jobs. */
  void submit(Sql sql, List<NewTask> tasks) {
    sql.update(
        SUBMIT,
        column(tasks, UUID[]::new, NewTask::id),
        column(tasks, UUID[]::new, NewTask::owner),
        column(tasks, UUID[]::new, NewTask::agentId),
        column(tasks, String[]::new, NewTask::agent),
        column(tasks, String[]::new, NewTask::type),
        column(tasks, Short[]::new, task -> (short) task.priority()),
        column(tasks, Integer[]::new, NewTask::maxRetries),
        column(tasks, Integer[]::new, NewTask::timeoutSeconds),
        column(tasks, String[]::new, task -> new JsonArray(task.requiredCapabilities()).encode()),
        column(tasks, String[]::new, NewTask::payload),
        column(tasks, OffsetDateTime[]::new, task -> task.createdAt().atOffset(ZoneOffset.UTC)),
        column(tasks, OffsetDateTime[]::new, task -> task.runAt().atOffset(ZoneOffset.UTC)),
        column(
            tasks,
            OffsetDateTime[]::new,
            task -> task.expiresAt() == null ? null : task.expiresAt().atOffset(ZoneOffset.UTC)));
  }

  private static <R, T extends @Nullable Object> T[] column(
      List<R> rows, IntFunction<T[]> array, Function<R, ? extends T> value) {
    return rows.stream().map(value).toArray(array);
  }

  Optional<Task> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream().findFirst().map(row -> Task.from(row, true));
  }

  List<Row> statistics(Sql sql, UUID owner) {
    return sql.query(STATISTICS, owner);
  }

  Optional<String> status(Sql sql, UUID owner, UUID id) {
    return sql.query(LOCK, id, owner).stream().findFirst().map(row -> row.getString("status"));
  }

  List<Task> list(Sql sql, UUID owner, TaskFilter filter, int limit) {
    return sql
        .query(
            LIST,
            owner,
            filter.status(),
            filter.type(),
            filter.agentId(),
            filter.dead(),
            filter.after(),
            limit,
            filter.whole())
        .stream()
        .map(row -> Task.from(row, filter.whole()))
        .toList();
  }

  /** Marks claimed tasks as started; rows of those whose lease still holds. */
  List<Row> begin(Sql sql, List<UUID> ids, UUID lease) {
    return sql.query(BEGIN, ids.toArray(UUID[]::new), lease);
  }

  /** Ids of the tasks whose lease held; the results of the others are not stored. */
  Set<UUID> complete(Sql sql, List<Completion> done) {
    List<Completion> ordered = done.stream().sorted(comparing(Completion::taskId)).toList();
    return sql
        .query(
            COMPLETE,
            column(ordered, UUID[]::new, Completion::taskId),
            column(ordered, UUID[]::new, Completion::lease),
            column(ordered, String[]::new, Completion::result),
            column(ordered, UUID[]::new, Completion::agentId),
            column(ordered, String[]::new, Completion::agent))
        .stream()
        .map(row -> row.getUUID("id"))
        .collect(toSet());
  }

  void fail(
      Sql sql,
      UUID id,
      Task.Failure failure,
      boolean dead,
      @Nullable UUID agentId,
      @Nullable String agent) {
    sql.update(FAIL, id, failure.code(), failure.detail(), dead, agentId, agent);
  }

  /** Back to waiting; {@code refund} is 1 when the try that just ended must not count. */
  void again(Sql sql, UUID id, Task.@Nullable Failure failure, int refund) {
    sql.update(
        AGAIN,
        id,
        failure == null ? null : failure.code(),
        failure == null ? null : failure.detail(),
        refund);
  }

  void cancel(Sql sql, UUID id) {
    sql.update(CANCEL, id);
  }

  Optional<Row> reset(Sql sql, UUID owner, UUID id) {
    return sql.query(RESET, id, owner).stream().findFirst();
  }

  /** What a list is narrowed to; {@code whole} adds payload and result. */
  record TaskFilter(
      @Nullable String status,
      @Nullable String type,
      @Nullable UUID agentId,
      @Nullable Boolean dead,
      @Nullable UUID after,
      boolean whole) {}

  /** The result of a run that is to be stored, by whoever holds the lease. */
  record Completion(UUID taskId, UUID lease, String result, UUID agentId, String agent) {}

  /** A checked task that is to be stored. */
  record NewTask(
      UUID id,
      UUID owner,
      String type,
      @Nullable UUID agentId,
      @Nullable String agent,
      int priority,
      int maxRetries,
      int timeoutSeconds,
      List<String> requiredCapabilities,
      String payload,
      Instant createdAt,
      Instant runAt,
      @Nullable Instant expiresAt,
      List<UUID> dependsOn) {}
}
