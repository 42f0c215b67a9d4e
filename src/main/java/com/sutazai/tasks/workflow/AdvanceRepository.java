package com.sutazai.tasks.workflow;

import static com.sutazai.platform.sql.SqlValues.arrayLiteral;
import static com.sutazai.platform.sql.SqlValues.column;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Workflows while they are advanced; all but {@link #due} is for who holds the workflow's lock. */
@ApplicationScoped
class AdvanceRepository {
  private static final Statement DUE =
      Statement.of(
          "workflow_signals.due",
          """
      SELECT DISTINCT workflow_id
      FROM (
        SELECT s.workflow_id
        FROM workflow_signals s
        WHERE s.due_at <= now() AND EXISTS (SELECT FROM workflows w WHERE w.id = s.workflow_id)
        ORDER BY s.due_at
        LIMIT $1) first
      """);

  // One that another process has in its hands is left to it.
  private static final Statement LOCK =
      Statement.of(
          "workflows.advance",
          """
      SELECT owner_id, by_admin, key_id, status, max_parallel, on_failure, now() AS now
      FROM workflows
      WHERE id = $1
      FOR NO KEY UPDATE SKIP LOCKED
      """);

  // Before what they tell of is looked at: what is committed later leaves a signal that stays.
  private static final Statement TAKE_SIGNALS =
      Statement.of(
          "workflow_signals.take",
          "DELETE FROM workflow_signals WHERE workflow_id = $1 AND due_at <= now()");

  private static final Statement SIGNAL =
      Statement.of(
          "workflow_signals.add",
          "INSERT INTO workflow_signals (workflow_id, due_at) VALUES ($1, now() + $2 * interval '1 millisecond')");

  private static final Statement POSTPONE =
      Statement.of(
          "workflow_signals.postpone",
          "UPDATE workflow_signals SET due_at = now() + $2 * interval '1 millisecond' WHERE workflow_id = $1");

  // A task may be gone when nobody advanced the workflow for longer than tasks are kept.
  private static final Statement RECORD =
      Statement.of(
          "workflow_steps.record",
          """
      UPDATE workflow_steps s
      SET status = CASE WHEN t.status = 'completed' THEN 'completed' WHEN s.on_failure = 'skip' THEN 'skipped' ELSE 'failed' END,
          result = t.result, attempt = t.attempt, started_at = t.started_at, completed_at = coalesce(t.completed_at, now()),
          error_code = CASE WHEN t.id IS NULL THEN 'task_removed'
                            WHEN t.status = 'cancelled' THEN coalesce(t.error_code, 'task_cancelled')
                            ELSE t.error_code END,
          error_detail = CASE WHEN t.id IS NULL THEN 'Its task was removed before its end was seen.'
                              WHEN t.status = 'cancelled' THEN coalesce(t.error_detail, 'Its task was cancelled.')
                              ELSE t.error_detail END
      FROM workflow_steps running
      LEFT JOIN tasks t ON t.id = running.task_id
      WHERE running.workflow_id = $1 AND running.status = 'running' AND (t.id IS NULL OR t.completed_at IS NOT NULL)
        AND s.workflow_id = running.workflow_id AND s.step = running.step
      """);

  private static final Statement BOARD =
      Statement.of(
          "workflow_steps.board",
          """
      SELECT step, depends_on, on_failure, on_skipped, priority, status
      FROM workflow_steps
      WHERE workflow_id = $1
      ORDER BY place
      """);

  private static final Statement LOAD =
      Statement.of(
          "workflow_steps.load",
          """
      SELECT step, type, payload::text AS payload, agent_id, required_capabilities, priority, timeout_seconds, max_retries
      FROM workflow_steps
      WHERE workflow_id = $1 AND step = ANY ($2)
      ORDER BY place
      """);

  // Only the values themselves are sent, and no more of them than may be used.
  private static final Statement VALUES =
      Statement.of(
          "workflow_steps.values",
          """
      SELECT r.number, v.value IS NOT NULL AS found,
             CASE WHEN sum(length(v.value::text)) OVER (ORDER BY r.number) <= $4 THEN v.value::text END AS value
      FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS r (step, path, number)
      LEFT JOIN workflow_steps s ON s.workflow_id = $1 AND s.step = r.step
      CROSS JOIN LATERAL (
        SELECT (CASE
          WHEN r.step IS NULL THEN (SELECT input FROM workflows WHERE id = $1)
          ELSE jsonb_build_object(
            'result', coalesce(s.result, 'null'), 'status', s.status,
            'error', CASE WHEN s.error_code IS NOT NULL
                     THEN jsonb_build_object('code', s.error_code, 'detail', s.error_detail) END)
          END) #> r.path::text[] AS value) v
      ORDER BY r.number
      """);

  private static final Statement CHANGE =
      Statement.of(
          "workflow_steps.change",
          """
      UPDATE workflow_steps s
      SET status = new.status, error_code = new.error_code, error_detail = new.error_detail, completed_at = now()
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS new (step, status, error_code, error_detail)
      WHERE s.workflow_id = $1 AND s.step = new.step
      """);

  // The tasks were stored in this transaction, so none of them can have ended unseen.
  private static final Statement BEGIN =
      Statement.of(
          "workflow_steps.begin",
          """
      WITH begun AS (
        UPDATE workflow_steps s
        SET status = 'running', task_id = new.task_id, submitted_at = now()
        FROM unnest($2::text[], $3::uuid[]) AS new (step, task_id)
        WHERE s.workflow_id = $1 AND s.step = new.step
        RETURNING s.task_id, s.depends_on),
      linked AS (
        INSERT INTO task_links (from_id, to_id, owner_id, kind)
        SELECT needed.id, begun.task_id, needed.owner_id, 'awaited'
        FROM begun
        JOIN workflow_steps s ON s.workflow_id = $1 AND s.step = ANY (begun.depends_on)
        JOIN tasks needed ON needed.id = s.task_id)
      UPDATE tasks SET workflow_id = $1 FROM begun WHERE tasks.id = begun.task_id
      """);

  private static final Statement END =
      Statement.of(
          "workflows.end",
          """
      UPDATE workflows w
      SET status = $2, completed_at = now(), error_code = first.error_code, error_detail = first.error_detail,
          error_step = first.step
      FROM (SELECT 1) one
      LEFT JOIN LATERAL (
        SELECT step, error_code, error_detail
        FROM workflow_steps
        WHERE workflow_id = $1 AND status = 'failed'
        ORDER BY completed_at
        LIMIT 1) first ON true
      WHERE w.id = $1
      """);

  /** Workflows that have a reason to be looked at; from at most so many reasons. */
  List<UUID> due(Sql sql, int most) {
    return sql.query(DUE, most).stream().map(row -> row.getUUID("workflow_id")).toList();
  }

  /** Locks the workflow; empty when somebody else has. */
  Optional<Row> lock(Sql sql, UUID id) {
    return sql.query(LOCK, id).stream().findFirst();
  }

  void takeSignals(Sql sql, UUID id) {
    sql.update(TAKE_SIGNALS, id);
  }

  /** Asks for another look after the pause. */
  void signal(Sql sql, UUID id, Duration pause) {
    sql.update(SIGNAL, id, pause.toMillis());
  }

  /** Puts the next look off. */
  void postpone(Sql sql, UUID id, Duration pause) {
    sql.update(POSTPONE, id, pause.toMillis());
  }

  /** Takes over what became of the tasks of running steps. */
  void record(Sql sql, UUID id) {
    sql.update(RECORD, id);
  }

  List<Board.Step> board(Sql sql, UUID id) {
    return sql.query(BOARD, id).stream()
        .map(
            row ->
                new Board.Step(
                    row.getString("step"),
                    List.of(row.getArrayOfStrings("depends_on")),
                    row.getString("on_failure").equals(NewWorkflow.SKIP),
                    row.getString("on_skipped").equals(NewWorkflow.RUN),
                    row.getInteger("priority"),
                    StepStatus.of(row.getString("status"))))
        .toList();
  }

  /** What the tasks of these steps are made of. */
  List<Row> load(Sql sql, UUID id, List<String> steps) {
    return sql.query(LOAD, id, steps.toArray(String[]::new));
  }

  /**
   * Rows of {@code found} and {@code value}, one for each reference in order. A value that is found
   * is not sent when those up to it have more characters than that.
   */
  List<Row> values(Sql sql, UUID id, List<Reference> references, long mostCharacters) {
    return sql.query(
        VALUES,
        id,
        column(references, String[]::new, Reference::step),
        column(references, String[]::new, each -> arrayLiteral(each.path())),
        mostCharacters);
  }

  void change(Sql sql, UUID id, List<Board.Change> changes) {
    if (!changes.isEmpty()) {
      sql.update(
          CHANGE,
          id,
          column(changes, String[]::new, Board.Change::step),
          column(changes, String[]::new, change -> change.status().code()),
          column(changes, String[]::new, change -> change.failure().code()),
          column(changes, String[]::new, change -> change.failure().detail()));
    }
  }

  /** Says which tasks the steps have become. */
  void begin(Sql sql, UUID id, List<String> steps, List<UUID> tasks) {
    sql.update(BEGIN, id, steps.toArray(String[]::new), tasks.toArray(UUID[]::new));
  }

  void end(Sql sql, UUID id, WorkflowStatus status) {
    sql.update(END, id, status.code());
  }
}
