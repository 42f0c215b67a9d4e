package com.sutazai.tasks;

import static com.sutazai.platform.sql.SqlValues.arrayLiteral;
import static com.sutazai.platform.sql.SqlValues.column;
import static com.sutazai.platform.sql.SqlValues.time;
import static com.sutazai.platform.sql.SqlValues.withoutTwins;
import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toSet;

import com.sutazai.inference.usage.UsageRepository;
import com.sutazai.inference.usage.UsageRow;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import com.sutazai.queue.Job;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of {@code tasks}. */
@ApplicationScoped
class TaskRepository {
  // One statement for any number of tasks and their jobs: one way to the server, one commit. What
  // is to run at once is due by the database's clock: this process' own may be wrong.
  private static final String STORED =
      """
      WITH stored AS (
        INSERT INTO tasks (id, owner_id, agent_id, agent, agent_required, type, priority, max_retries, timeout_seconds,
                           required_capabilities, payload, created_at, run_at, expires_at, by_admin,
                           key_id)
        SELECT id, owner_id, agent_id, agent, agent_required, type, priority, max_retries, timeout_seconds,
               capabilities::text[], payload::jsonb, created_at,
               CASE WHEN run_at > created_at THEN run_at ELSE now() END, expires_at, by_admin, key_id
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::int[], $8::int[],
                    $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::boolean[],
                    $15::boolean[], $16::uuid[])
          AS new (id, owner_id, agent_id, agent, type, priority, max_retries, timeout_seconds,
                  capabilities, payload, created_at, run_at, expires_at, agent_required, by_admin, key_id)
        RETURNING id, owner_id, type, priority, run_at, expires_at)
      """;

  private static final Statement SUBMIT =
      Statement.of(
          "tasks.submit",
          STORED
              + """
      INSERT INTO jobs (task_id, owner_id, type, priority, visible_at, expires_at)
      SELECT id, owner_id, type, priority, run_at, expires_at FROM stored
      """);

  private static final Statement SUBMIT_CLAIMED =
      Statement.of(
          "tasks.submit_claimed",
          STORED
              + """
      INSERT INTO jobs (task_id, owner_id, type, priority, visible_at, expires_at, lease, attempt, started_at)
      SELECT id, owner_id, type, priority, now() + $18 * interval '1 millisecond', expires_at, $17::uuid, 1, now() FROM stored
      """);

  /** A task as it is shown, but for its payload and result. */
  static final String SHOWN =
      """
      id, type, agent_id, agent, status, priority, attempt, round, max_retries, timeout_seconds,
             required_capabilities, error_code, error_detail,
             created_at, run_at, started_at, completed_at, expires_at, dead,
             progress_count, progress_fraction, progress_message, progress_at
      FROM task_states
      """;

  private static final Statement FIND =
      Statement.of(
          "tasks.find",
          "SELECT payload::text AS payload, result::text AS result, "
              + SHOWN
              + """
      WHERE id = $1 AND owner_id = $2
      """);

  private static final Statement CHANGE =
      Statement.of(
          "tasks.change",
          "SELECT status, attempt, round, progress_count FROM task_states WHERE id = $1 AND owner_id = $2");

  /** Bytes of a payload that may be held beside those of all other claimed tasks. */
  static final int SHORT_PAYLOAD = 16 << 10;

  // What a run needs; a job that was taken away meanwhile is not begun. A payload comes along when
  // it is short ($3): a claim fetches many and most of them wait. Only what is small as it is kept
  // is unpacked to be measured.
  private static final Statement LOAD =
      Statement.of(
          "tasks.load",
          """
      SELECT tasks.id, tasks.owner_id, CASE WHEN tasks.agent_required THEN tasks.agent_id END AS agent_id,
             tasks.type, jobs.attempt, tasks.max_retries, tasks.timeout_seconds, tasks.required_capabilities,
             CASE WHEN octet_length(small.payload) <= $3 THEN small.payload END AS payload,
             tasks.run_at, tasks.by_admin, tasks.key_id, jobs.started_at
      FROM jobs
      JOIN tasks ON tasks.id = jobs.task_id
      CROSS JOIN LATERAL (
        SELECT CASE WHEN pg_column_size(tasks.payload) <= $3 THEN tasks.payload::text END AS payload
        OFFSET 0) small
      WHERE jobs.task_id = ANY ($1) AND jobs.lease = $2
      """);

  private static final Statement PAYLOAD =
      Statement.of(
          "tasks.payload",
          """
      SELECT tasks.payload::text AS payload
      FROM jobs
      JOIN tasks ON tasks.id = jobs.task_id
      WHERE jobs.task_id = $1 AND jobs.lease = $2
      """);

  // Ends the jobs and stores the results in one statement; rows come back for those whose lease
  // held.
  private static final String ENDED =
      """
      WITH ended AS (
        DELETE FROM jobs
        WHERE task_id = ANY ($1::uuid[]) AND lease = ($2::uuid[])[array_position($1::uuid[], task_id)]
        RETURNING array_position($1::uuid[], task_id) AS number, task_id, attempt, started_at)
      """;

  private static final String RESULTS =
      """
      UPDATE tasks
      SET status = 'completed', result = ($3::text[])[number]::jsonb, agent_id = coalesce(($4::uuid[])[number], agent_id), agent = coalesce(($5::text[])[number], agent),
          attempt = ended.attempt, started_at = ended.started_at, error_code = NULL, error_detail = NULL, completed_at = now()
      FROM ended
      WHERE tasks.id = ended.task_id
      RETURNING tasks.id
      """;

  private static final Statement COMPLETE = Statement.of("tasks.complete", ENDED + RESULTS);

  private static final Statement COMPLETE_USING_MODELS =
      Statement.of(
          "tasks.complete_using_models",
          ENDED
              + ", used AS (\n"
              + UsageRepository.adding(6, "number IN (SELECT number FROM ended)")
              + ")\n"
              + RESULTS);

  private static final Statement FAIL =
      Statement.of(
          "tasks.fail",
          """
      WITH ended AS (
        DELETE FROM jobs
        WHERE task_id = $1 AND lease = $2
        RETURNING attempt, started_at)
      UPDATE tasks
      SET status = 'failed', error_code = $3, error_detail = $4, dead = $5,
          agent_id = coalesce($6, agent_id), agent = coalesce($7, agent),
          attempt = ended.attempt, started_at = ended.started_at, completed_at = now()
      FROM ended
      WHERE tasks.id = $1
      """);

  private static final Statement AGAIN =
      Statement.of(
          "tasks.again",
          """
      WITH back AS (
        UPDATE jobs
        SET lease = NULL, worker_id = NULL, published_at = NULL, visible_at = now() + $3 * interval '1 millisecond'
        WHERE task_id = $1 AND lease = $2
        RETURNING task_id)
      UPDATE tasks
      SET error_code = $4, error_detail = $5
      FROM back
      WHERE tasks.id = back.task_id
      """);

  private static final Statement CANCEL =
      Statement.of(
          "tasks.cancel",
          """
      WITH ended AS (
        DELETE FROM jobs
        WHERE task_id = $1 AND owner_id = $2
        RETURNING attempt, started_at)
      UPDATE tasks
      SET status = 'cancelled', cancelled = true, attempt = ended.attempt, started_at = ended.started_at, completed_at = now()
      FROM ended
      WHERE tasks.id = $1
      """);

  private static final Statement CANCEL_ALL =
      Statement.of(
          "tasks.cancel_all",
          """
      WITH ended AS (
        DELETE FROM jobs
        WHERE task_id = ANY ($1) AND owner_id = $2
        RETURNING task_id, attempt, started_at, lease IS NOT NULL AS running)
      UPDATE tasks
      SET status = 'cancelled', cancelled = true, attempt = ended.attempt, started_at = ended.started_at, completed_at = now()
      FROM ended
      WHERE tasks.id = ended.task_id
      RETURNING tasks.id, tasks.type, ended.running
      """);

  private static final Statement ENDED_BY_TYPE =
      Statement.of(
          "tasks.ended_by_type",
          """
      SELECT type, count(*) AS tasks
      FROM tasks
      WHERE id = ANY ($1) AND owner_id = $2 AND completed_at IS NOT NULL
      GROUP BY type
      """);

  private static final Statement RESET =
      Statement.of(
          "tasks.reset",
          """
      WITH reset AS (
        UPDATE tasks
        SET status = 'pending', cancelled = false, attempt = 0, round = round + 1, dead = false, result = NULL,
            error_code = NULL, error_detail = NULL, started_at = NULL, completed_at = NULL, expires_at = NULL, run_at = now()
        WHERE id = $1 AND owner_id = $2 AND completed_at IS NOT NULL
        RETURNING id, owner_id, type, priority, run_at)
      INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
      SELECT id, owner_id, type, priority, run_at FROM reset
      """);

  // The second part relies on tasks_by_owner, and reads 1,000 rows at most.
  private static final Statement STATISTICS =
      Statement.of(
          "tasks.statistics",
          """
      WITH unfinished AS (
        SELECT type,
               count(*) FILTER (WHERE visible_at <= now()) AS waiting,
               count(*) FILTER (WHERE visible_at > now() AND lease IS NULL) AS later,
               count(*) FILTER (WHERE visible_at > now() AND lease IS NOT NULL) AS running,
               (extract(epoch FROM now() - min(visible_at) FILTER (WHERE visible_at <= now())) * 1000)::bigint AS oldest_wait_ms
        FROM jobs
        WHERE owner_id = $1
        GROUP BY type),
      begun AS (
        SELECT type, count(*) AS samples, avg(wait) AS mean_wait, avg(run) AS mean_run,
               percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY wait) AS waits,
               percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY run) AS runs
        FROM (SELECT type,
                     (extract(epoch FROM started_at - run_at) * 1000)::float8 AS wait,
                     (extract(epoch FROM completed_at - started_at) * 1000)::float8 AS run
              FROM task_states
              WHERE owner_id = $1 AND id >= $2 AND started_at IS NOT NULL
              ORDER BY id DESC
              LIMIT $3) newest
        GROUP BY type)
      SELECT type, waiting, later, running, oldest_wait_ms, samples, mean_wait, mean_run, waits, runs
      FROM unfinished
      FULL JOIN begun USING (type)
      ORDER BY type
      """);

  private final UsageRepository usage;

  TaskRepository(UsageRepository usage) {
    this.usage = usage;
  }

  /** Stores tasks together with their jobs. */
  void submit(Sql sql, List<NewTask> tasks) {
    sql.update(SUBMIT, columns(tasks).toArray());
  }

  /** Stores tasks together with their jobs, which are claimed already, so long at first. */
  void submitClaimed(Sql sql, List<NewTask> tasks, UUID lease, Duration hold) {
    sql.update(
        SUBMIT_CLAIMED,
        Stream.concat(columns(tasks).stream(), Stream.of(lease, hold.toMillis())).toArray());
  }

  private static List<Object> columns(List<NewTask> tasks) {
    return List.of(
        column(tasks, UUID[]::new, NewTask::id),
        column(tasks, UUID[]::new, NewTask::owner),
        column(tasks, UUID[]::new, NewTask::agentId),
        column(tasks, String[]::new, NewTask::agent),
        column(tasks, String[]::new, NewTask::type),
        column(tasks, Short[]::new, task -> (short) task.priority()),
        column(tasks, Integer[]::new, NewTask::maxRetries),
        column(tasks, Integer[]::new, NewTask::timeoutSeconds),
        column(tasks, String[]::new, task -> arrayLiteral(task.requiredCapabilities())),
        column(tasks, String[]::new, NewTask::payload),
        column(tasks, OffsetDateTime[]::new, task -> time(task.createdAt())),
        column(tasks, OffsetDateTime[]::new, task -> time(task.runAt())),
        column(tasks, OffsetDateTime[]::new, task -> time(task.expiresAt())),
        column(tasks, Boolean[]::new, NewTask::agentRequired),
        column(tasks, Boolean[]::new, NewTask::byAdmin),
        column(tasks, UUID[]::new, NewTask::keyId));
  }

  Optional<Task> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream().findFirst().map(row -> Task.from(row, true));
  }

  /** {@link Task#change()} of the task, of which nothing else is read; empty when it is gone. */
  OptionalLong change(Sql sql, UUID owner, UUID id) {
    return sql.query(CHANGE, id, owner).stream().mapToLong(Task::change).findFirst();
  }

  /**
   * The owner's unfinished tasks and how long its newest ones waited and ran, by type; null is what
   * there is none of.
   */
  List<Row> statistics(Sql sql, UUID owner, UUID since, int most) {
    return sql.query(STATISTICS, owner, since, most);
  }

  /**
   * What the claimed tasks need to run, null where the payload is not a short one; rows of those
   * whose lease still holds.
   */
  List<Row> load(Sql sql, List<UUID> ids, UUID lease) {
    return sql.query(LOAD, ids.toArray(UUID[]::new), lease, SHORT_PAYLOAD);
  }

  /** The payload of a claimed task, however long; empty when the lease was lost. */
  Optional<String> payload(Sql sql, Job job) {
    return sql.query(PAYLOAD, job.taskId(), job.lease()).stream()
        .findFirst()
        .map(row -> row.getString("payload"));
  }

  /**
   * Ids of the tasks whose lease held; of the others neither the result nor what it used is stored.
   * There may be two results of a task, of a run that lost it and of the one that has it: then it
   * takes more than one statement.
   */
  Set<UUID> complete(Sql sql, List<Completion> done) {
    List<Completion> ordered = done.stream().sorted(comparing(Completion::taskId)).toList();
    return withoutTwins(ordered, Completion::taskId).stream()
        .flatMap(each -> completeAll(sql, each).stream())
        .map(row -> row.getUUID("id"))
        .collect(toSet());
  }

  /** Most tasks use no model, and are not to pay for those that do. */
  private List<Row> completeAll(Sql sql, List<Completion> done) {
    List<Object> columns =
        List.of(
            column(done, UUID[]::new, Completion::taskId),
            column(done, UUID[]::new, Completion::lease),
            column(done, String[]::new, Completion::result),
            column(done, UUID[]::new, Completion::agentId),
            column(done, String[]::new, Completion::agent));
    if (done.stream().allMatch(each -> each.usage().isEmpty())) {
      return sql.query(COMPLETE, columns.toArray());
    }
    String used = usage.json(done.stream().map(Completion::usage).toList());
    return sql.query(
        COMPLETE_USING_MODELS, Stream.concat(columns.stream(), Stream.of(used)).toArray());
  }

  /**
   * Ends a claimed task as failed; false when the lease was lost.
   *
   * @param dead whether its retries are used up
   */
  boolean fail(
      Sql sql,
      Job job,
      Task.Failure failure,
      boolean dead,
      @Nullable UUID agentId,
      @Nullable String agent) {
    return sql.update(
            FAIL, job.taskId(), job.lease(), failure.code(), failure.detail(), dead, agentId, agent)
        == 1;
  }

  /** Puts a claimed task back for another try after the pause; false when the lease was lost. */
  boolean again(Sql sql, Job job, Task.Failure failure, Duration pause) {
    return sql.update(
            AGAIN, job.taskId(), job.lease(), pause.toMillis(), failure.code(), failure.detail())
        == 1;
  }

  /** Ends an unfinished task whoever works on it; false when there is none. */
  boolean cancel(Sql sql, UUID owner, UUID id) {
    return sql.update(CANCEL, id, owner) == 1;
  }

  /** Ends those of the tasks that are unfinished; rows of id, type, and whether it was running. */
  List<Row> cancelAll(Sql sql, UUID owner, List<UUID> ids) {
    return sql.query(CANCEL_ALL, ids.toArray(UUID[]::new), owner);
  }

  /** How many of the tasks have ended, by type. */
  SequencedMap<String, Long> ended(Sql sql, UUID owner, List<UUID> ids) {
    SequencedMap<String, Long> byType = new LinkedHashMap<>();
    sql.query(ENDED_BY_TYPE, ids.toArray(UUID[]::new), owner)
        .forEach(row -> byType.put(row.getString("type"), row.getLong("tasks")));
    return byType;
  }

  /** Lets a finished task wait again from now on; false when there is none. */
  boolean reset(Sql sql, UUID owner, UUID id) {
    return sql.update(RESET, id, owner) == 1;
  }

  /**
   * The result of a run that is to be stored, by whoever holds the lease, and what it used.
   *
   * @param agentId who ran it; null for the agent that the task has
   */
  record Completion(
      UUID taskId,
      UUID lease,
      String result,
      @Nullable UUID agentId,
      @Nullable String agent,
      List<UsageRow> usage) {
    /** Of a run that used no model. */
    Completion(UUID taskId, UUID lease, String result, UUID agentId, String agent) {
      this(taskId, lease, result, agentId, agent, List.of());
    }
  }
}
