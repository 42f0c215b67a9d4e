package com.sutazai.tasks.workflow;

import static com.sutazai.platform.sql.SqlValues.arrayLiteral;
import static com.sutazai.platform.sql.SqlValues.column;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import com.sutazai.tasks.workflow.NewWorkflow.NewStep;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Workflows as callers make, read and steer them. */
@ApplicationScoped
class WorkflowRepository {
  private static final Statement INSERT =
      Statement.of(
          "workflows.insert",
          """
      INSERT INTO workflows (id, owner_id, name, description, max_parallel, on_failure, input, by_admin, key_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9)
      """);

  // The first look at it is asked for with the steps themselves.
  private static final Statement INSERT_STEPS =
      Statement.of(
          "workflow_steps.insert",
          """
      WITH due AS (INSERT INTO workflow_signals (workflow_id) VALUES ($1))
      INSERT INTO workflow_steps (workflow_id, step, place, type, payload, depends_on, agent_id, required_capabilities,
                                  priority, timeout_seconds, max_retries, on_failure, on_skipped)
      SELECT $1, step, place, type, payload::jsonb, depends_on::text[], agent_id, capabilities::text[],
             priority, timeout_seconds, max_retries, on_failure, on_skipped
      FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[],
                  $9::int[], $10::int[], $11::int[], $12::text[], $13::text[])
        AS new (step, place, type, payload, depends_on, agent_id, capabilities,
                priority, timeout_seconds, max_retries, on_failure, on_skipped)
      """);

  private static final Statement OPEN =
      Statement.of(
          "workflows.count_open",
          """
      SELECT count(*) AS workflows
      FROM (SELECT FROM workflows WHERE owner_id = $1 AND status IN ('running', 'paused') LIMIT $2) open
      """);

  /** A workflow as it is shown, with how many of its steps are in which state. */
  private static final String WORKFLOW =
      """
      w.id, w.name, w.description, w.status, w.on_failure, w.max_parallel,
             w.error_code, w.error_detail, w.error_step, w.created_at, w.completed_at,
             steps.total, steps.pending, steps.running, steps.completed, steps.failed, steps.skipped, steps.cancelled
      FROM workflows w
      CROSS JOIN LATERAL (
        SELECT count(*) AS total,
               count(*) FILTER (WHERE s.status = 'pending') AS pending,
               count(*) FILTER (WHERE s.status = 'running') AS running,
               count(*) FILTER (WHERE s.status = 'completed') AS completed,
               count(*) FILTER (WHERE s.status = 'failed') AS failed,
               count(*) FILTER (WHERE s.status = 'skipped') AS skipped,
               count(*) FILTER (WHERE s.status = 'cancelled') AS cancelled
        FROM workflow_steps s
        WHERE s.workflow_id = w.id) steps
      """;

  /** A step as it is shown; while its task is unfinished its job {@code j} knows how it goes. */
  private static final String STEP_COLUMNS =
      """
      s.step, s.type, s.status, s.depends_on, s.on_failure, s.on_skipped, s.agent_id, s.required_capabilities,
             s.priority, s.timeout_seconds, s.max_retries, s.task_id, coalesce(s.attempt, j.attempt) AS attempt,
             s.error_code, s.error_detail, s.submitted_at, coalesce(s.started_at, j.started_at) AS started_at, s.completed_at
      """;

  private static final Statement FIND =
      Statement.of(
          "workflows.find",
          "SELECT w.input::text AS input, "
              + WORKFLOW
              + """
      WHERE w.id = $1 AND w.owner_id = $2
      """);

  private static final Statement LIST =
      Statement.of(
          "workflows.list",
          "SELECT "
              + WORKFLOW
              + """
      WHERE w.owner_id = $1 AND ($2::uuid IS NULL OR w.id < $2)
      ORDER BY w.id DESC
      LIMIT $3
      """);

  // Relies on workflows_by_status: none of another status is read.
  private static final Statement LIST_OF_STATUS =
      Statement.of(
          "workflows.list_of_status",
          "SELECT "
              + WORKFLOW
              + """
      WHERE w.owner_id = $1 AND ($2::uuid IS NULL OR w.id < $2) AND w.status = $4
      ORDER BY w.id DESC
      LIMIT $3
      """);

  private static final Statement STEPS =
      Statement.of(
          "workflow_steps.list",
          "SELECT "
              + STEP_COLUMNS
              + """
      FROM workflow_steps s
      LEFT JOIN jobs j ON j.task_id = s.task_id AND s.status = 'running'
      WHERE s.workflow_id = $1
      ORDER BY s.place
      """);

  private static final Statement STEP =
      Statement.of(
          "workflow_steps.find",
          "SELECT "
              + STEP_COLUMNS
              + """
      , s.payload::text AS payload, s.result::text AS result
      FROM workflows w
      JOIN workflow_steps s ON s.workflow_id = w.id
      LEFT JOIN jobs j ON j.task_id = s.task_id AND s.status = 'running'
      WHERE w.id = $1 AND w.owner_id = $2 AND s.step = $3
      """);

  private static final Statement PAUSE =
      Statement.of(
          "workflows.pause",
          "UPDATE workflows SET status = 'paused' WHERE id = $1 AND owner_id = $2 AND status = 'running'");

  private static final Statement RESUME =
      Statement.of(
          "workflows.resume",
          """
      WITH resumed AS (
        UPDATE workflows SET status = 'running' WHERE id = $1 AND owner_id = $2 AND status = 'paused' RETURNING id)
      INSERT INTO workflow_signals (workflow_id) SELECT id FROM resumed
      """);

  // Whoever advances it now is waited for; from then on no step begins.
  private static final Statement LOCK =
      Statement.of(
          "workflows.lock",
          "SELECT status FROM workflows WHERE id = $1 AND owner_id = $2 FOR NO KEY UPDATE");

  private static final Statement RUNNING_TASKS =
      Statement.of(
          "workflow_steps.running",
          "SELECT task_id FROM workflow_steps WHERE workflow_id = $1 AND status = 'running'");

  // A task that ended a moment before it could be cancelled has its own end.
  private static final Statement CANCEL =
      Statement.of(
          "workflows.cancel",
          """
      WITH steps AS (
        UPDATE workflow_steps s
        SET status = CASE WHEN t.status IN ('completed', 'failed') THEN t.status ELSE 'cancelled' END,
            result = t.result, attempt = t.attempt, started_at = t.started_at,
            completed_at = coalesce(t.completed_at, now()), error_code = t.error_code, error_detail = t.error_detail
        FROM workflow_steps waiting
        LEFT JOIN tasks t ON t.id = waiting.task_id
        WHERE waiting.workflow_id = $1 AND waiting.status IN ('pending', 'running')
          AND s.workflow_id = waiting.workflow_id AND s.step = waiting.step)
      UPDATE workflows SET status = 'cancelled', completed_at = now() WHERE id = $1
      """);

  private static final Statement DELETE =
      Statement.of(
          "workflows.delete",
          """
      WITH gone AS (
        DELETE FROM workflows WHERE id = $1 AND owner_id = $2 AND completed_at IS NOT NULL RETURNING id),
      signals AS (DELETE FROM workflow_signals USING gone WHERE workflow_signals.workflow_id = gone.id)
      SELECT count(*) AS removed FROM gone
      """);

  // Keys sort by the time at which they were made, so a walk along the primary key finds the old
  // ones.
  private static final Statement REMOVE_OLD =
      Statement.of(
          "workflows.remove_old",
          """
      WITH gone AS (
        DELETE FROM workflows
        WHERE id IN (
          SELECT id
          FROM workflows
          WHERE id < $1 AND completed_at < now() - $2 * interval '1 second'
          ORDER BY id
          LIMIT $3
          FOR UPDATE SKIP LOCKED)
        RETURNING id),
      signals AS (DELETE FROM workflow_signals USING gone WHERE workflow_signals.workflow_id = gone.id)
      SELECT count(*) AS removed FROM gone
      """);

  // A step's task that is run again after its workflow was deleted tells its end to nobody.
  private static final Statement REMOVE_LOST_SIGNALS =
      Statement.of(
          "workflow_signals.remove_lost",
          """
      DELETE FROM workflow_signals
      WHERE (workflow_id, id) IN (
        SELECT s.workflow_id, s.id
        FROM workflow_signals s
        WHERE s.due_at < now() - interval '1 minute' AND NOT EXISTS (SELECT FROM workflows w WHERE w.id = s.workflow_id)
        LIMIT $1)
      """);

  void insert(Sql sql, Caller caller, UUID id, NewWorkflow workflow) {
    List<NewStep> steps = workflow.steps();
    sql.update(
        INSERT,
        id,
        caller.owner(),
        workflow.name(),
        workflow.description(),
        workflow.maxParallel(),
        workflow.onFailure(),
        workflow.input(),
        caller.admin(),
        caller.keyId());
    sql.update(
        INSERT_STEPS,
        id,
        column(steps, String[]::new, NewStep::id),
        IntStream.range(0, steps.size()).boxed().toArray(Integer[]::new),
        column(steps, String[]::new, NewStep::type),
        column(steps, String[]::new, NewStep::payload),
        column(steps, String[]::new, step -> arrayLiteral(step.dependsOn())),
        column(steps, UUID[]::new, NewStep::agentId),
        column(steps, String[]::new, step -> arrayLiteral(step.requiredCapabilities())),
        column(steps, Integer[]::new, NewStep::priority),
        column(steps, Integer[]::new, NewStep::timeoutSeconds),
        column(steps, Integer[]::new, NewStep::maxRetries),
        column(steps, String[]::new, NewStep::onFailure),
        column(steps, String[]::new, NewStep::onSkipped));
  }

  /** Unfinished workflows of the owner; counts to {@code most} only. */
  long open(Sql sql, UUID owner, int most) {
    return sql.query(OPEN, owner, most).getFirst().getLong("workflows");
  }

  Optional<Workflow> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream()
        .findFirst()
        .map(row -> Workflow.from(row, row.getString("input"), steps(sql, id)));
  }

  private static List<WorkflowStep> steps(Sql sql, UUID id) {
    return sql.query(STEPS, id).stream().map(WorkflowStep::brief).toList();
  }

  List<Workflow> list(
      Sql sql, UUID owner, @Nullable String status, @Nullable UUID after, int limit) {
    List<Row> found =
        status == null
            ? sql.query(LIST, owner, after, limit)
            : sql.query(LIST_OF_STATUS, owner, after, limit, status);
    return found.stream().map(row -> Workflow.from(row, null, null)).toList();
  }

  /** Removes signals of workflows that are gone; how many. */
  int removeLostSignals(Sql sql, int most) {
    return sql.update(REMOVE_LOST_SIGNALS, most);
  }

  Optional<WorkflowStep> step(Sql sql, UUID owner, UUID id, String step) {
    return sql.query(STEP, id, owner, step).stream().findFirst().map(WorkflowStep::whole);
  }

  /** Lets no further step begin; false when it does not run. */
  boolean pause(Sql sql, UUID owner, UUID id) {
    return sql.update(PAUSE, id, owner) == 1;
  }

  /** Lets steps begin again; false when it is not paused. */
  boolean resume(Sql sql, UUID owner, UUID id) {
    return sql.update(RESUME, id, owner) == 1;
  }

  /** Its status, which nobody else changes until the transaction ends; empty when there is none. */
  Optional<WorkflowStatus> lock(Sql sql, UUID owner, UUID id) {
    return sql.query(LOCK, id, owner).stream()
        .findFirst()
        .map(row -> WorkflowStatus.of(row.getString("status")));
  }

  /** Tasks of its running steps. */
  List<UUID> runningTasks(Sql sql, UUID id) {
    return sql.query(RUNNING_TASKS, id).stream().map(row -> row.getUUID("task_id")).toList();
  }

  /** Ends a workflow that is locked, and with it the steps that have not ended. */
  void cancel(Sql sql, UUID id) {
    sql.update(CANCEL, id);
  }

  /** Removes an ended workflow; false when there is none. */
  boolean delete(Sql sql, UUID owner, UUID id) {
    return sql.query(DELETE, id, owner).getFirst().getLong("removed") == 1;
  }

  /**
   * Removes workflows that ended longer ago than that, at most so many; how many.
   *
   * @param end no later key is looked at
   */
  long removeOld(Sql sql, UUID end, Duration keep, int most) {
    return sql.query(REMOVE_OLD, end, keep.toSeconds(), most).getFirst().getLong("removed");
  }
}
