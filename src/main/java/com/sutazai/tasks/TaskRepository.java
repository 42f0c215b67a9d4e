package com.sutazai.tasks;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code tasks}. */
@ApplicationScoped
class TaskRepository {
  private static final Statement INSERT =
      Statement.of(
          "tasks.insert",
          """
      INSERT INTO tasks (id, owner_id, agent_id, agent, type, priority, max_retries, timeout_seconds,
                         required_capabilities, payload, created_at, run_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb, $11, $12)
      """);

  private static final Statement FIND =
      Statement.of(
          "tasks.find",
          """
      SELECT id, type, agent_id, agent, status, priority, attempt, max_retries, timeout_seconds,
             required_capabilities, payload::text AS payload, result::text AS result, error_code, error_detail,
             created_at, run_at, started_at, completed_at, dead
      FROM tasks
      WHERE id = $1 AND owner_id = $2
      """);

  // Relies on tasks_by_owner: newest first without a sort.
  private static final Statement LIST =
      Statement.of(
          "tasks.list",
          """
      SELECT id, type, agent_id, agent, status, priority, attempt, max_retries, timeout_seconds,
             required_capabilities, error_code, error_detail, created_at, run_at, started_at, completed_at, dead
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

  private static final Statement LIST_WHOLE =
      Statement.of(
          "tasks.list_whole",
          """
      SELECT id, type, agent_id, agent, status, priority, attempt, max_retries, timeout_seconds,
             required_capabilities, payload::text AS payload, result::text AS result, error_code, error_detail,
             created_at, run_at, started_at, completed_at, dead
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

  private static final Statement COMPLETE =
      Statement.of(
          "tasks.complete",
          """
      UPDATE tasks
      SET status = 'completed', result = $2::text::jsonb, agent_id = $3, agent = $4, error_code = NULL,
          error_detail = NULL, completed_at = now()
      WHERE id = $1
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
      SET status = 'pending', attempt = 0, dead = false, result = NULL, error_code = NULL, error_detail = NULL,
          started_at = NULL, completed_at = NULL, run_at = $3
      WHERE id = $1 AND owner_id = $2 AND completed_at IS NOT NULL
      RETURNING type, priority
      """);

  private static final Statement LOCK =
      Statement.of("tasks.lock", "SELECT status FROM tasks WHERE id = $1 AND owner_id = $2");

  void insert(Sql sql, UUID owner, NewTask task, Instant now) {
    sql.update(
        INSERT,
        task.id(),
        owner,
        task.agentId(),
        task.agent(),
        task.type(),
        (short) task.priority(),
        task.maxRetries(),
        task.timeoutSeconds(),
        task.requiredCapabilities().toArray(String[]::new),
        task.payload(),
        now.atOffset(ZoneOffset.UTC),
        task.runAt().atOffset(ZoneOffset.UTC));
  }

  Optional<Task> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream().findFirst().map(row -> Task.from(row, true));
  }

  Optional<String> status(Sql sql, UUID owner, UUID id) {
    return sql.query(LOCK, id, owner).stream().findFirst().map(row -> row.getString("status"));
  }

  List<Task> list(Sql sql, UUID owner, TaskFilter filter, int limit) {
    return sql
        .query(
            filter.whole() ? LIST_WHOLE : LIST,
            owner,
            filter.status(),
            filter.type(),
            filter.agentId(),
            filter.dead(),
            filter.after(),
            limit)
        .stream()
        .map(row -> Task.from(row, filter.whole()))
        .toList();
  }

  /** Marks claimed tasks as started; rows of those whose lease still holds. */
  List<Row> begin(Sql sql, List<UUID> ids, UUID lease) {
    return sql.query(BEGIN, ids.toArray(UUID[]::new), lease);
  }

  void complete(Sql sql, UUID id, String result, UUID agentId, String agent) {
    sql.update(COMPLETE, id, result, agentId, agent);
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

  Optional<Row> reset(Sql sql, UUID owner, UUID id, Instant now) {
    return sql.query(RESET, id, owner, now.atOffset(ZoneOffset.UTC)).stream().findFirst();
  }

  /** What a list is narrowed to; {@code whole} adds payload and result. */
  record TaskFilter(
      @Nullable String status,
      @Nullable String type,
      @Nullable UUID agentId,
      @Nullable Boolean dead,
      @Nullable UUID after,
      boolean whole) {}

  /** A checked task that is to be stored. */
  record NewTask(
      UUID id,
      String type,
      @Nullable UUID agentId,
      @Nullable String agent,
      int priority,
      int maxRetries,
      int timeoutSeconds,
      List<String> requiredCapabilities,
      String payload,
      Instant runAt) {}
}
