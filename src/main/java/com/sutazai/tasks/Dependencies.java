package com.sutazai.tasks;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What waiting tasks wait for. A task with dependencies cannot be claimed; {@link Upkeep} looks
 * again and again at what has ended since, so nothing that happens in between can be missed.
 */
@ApplicationScoped
class Dependencies {
  /** Tasks that one statement cancels at most. */
  static final int MOST_CANCELLED = 1000;

  private static final Statement ADD =
      Statement.of(
          "task_dependencies.add",
          """
      WITH needed AS (SELECT id FROM tasks WHERE id = ANY ($2) AND owner_id = $3),
      linked AS (INSERT INTO task_links (from_id, to_id, owner_id, kind) SELECT id, $1, $3, 'awaited' FROM needed)
      INSERT INTO task_dependencies (task_id, needs)
      SELECT $1, id FROM needed
      RETURNING needs
      """);

  private static final Statement HOLD =
      Statement.of(
          "jobs.hold",
          "UPDATE jobs SET visible_at = 'infinity' WHERE task_id = $1 AND lease IS NULL");

  private static final Statement EXIST =
      Statement.of(
          "task_dependencies.exist", "SELECT EXISTS (SELECT FROM task_dependencies) AS any_open");

  // A whole chain at once: what waits for a task that waits for a broken one is broken, too. The
  // recursion ends with the last row that is asked for, so a long chain goes in bounded steps. Each
  // level looks its next one up by index: OFFSET keeps that from becoming a join that reads all.
  // Dependencies of a job that is gone go as well, else they took the place of others each time.
  private static final Statement CANCEL =
      Statement.of(
          "task_dependencies.cancel",
          """
      WITH RECURSIVE broken (task_id) AS (
        SELECT d.task_id
        FROM task_dependencies d
        JOIN tasks needed ON needed.id = d.needs
        WHERE needed.status IN ('failed', 'cancelled')
        UNION
        SELECT next.task_id
        FROM broken
        CROSS JOIN LATERAL (
          SELECT d.task_id FROM task_dependencies d WHERE d.needs = broken.task_id OFFSET 0) next),
      first AS MATERIALIZED (SELECT task_id FROM broken LIMIT $1),
      gone AS (
        DELETE FROM jobs
        WHERE task_id = ANY (ARRAY (SELECT task_id FROM first))
        RETURNING task_id),
      left_over AS (DELETE FROM task_dependencies WHERE task_id = ANY (ARRAY (SELECT task_id FROM first)))
      UPDATE tasks
      SET status = 'cancelled', cancelled = true, error_code = 'dependency_failed',
          error_detail = 'A task that it depends on has not completed.', completed_at = now()
      FROM gone
      WHERE tasks.id = gone.task_id
      RETURNING tasks.id, tasks.type
      """);

  // Another process may have released the job meanwhile, and somebody begun it.
  private static final Statement RELEASE =
      Statement.of(
          "task_dependencies.release",
          """
      WITH ready AS (
        SELECT d.task_id
        FROM task_dependencies d
        JOIN tasks needed ON needed.id = d.needs
        GROUP BY d.task_id
        HAVING bool_and(needed.status = 'completed')),
      met AS (DELETE FROM task_dependencies d USING ready WHERE d.task_id = ready.task_id)
      UPDATE jobs
      SET visible_at = greatest(now(), tasks.run_at)
      FROM ready JOIN tasks ON tasks.id = ready.task_id
      WHERE jobs.task_id = ready.task_id AND jobs.visible_at = 'infinity' AND jobs.lease IS NULL
      RETURNING jobs.task_id
      """);

  /** Stores what a new task waits for, in the transaction that stores the task. */
  void add(Sql sql, NewTask task) {
    Set<UUID> known =
        sql.query(ADD, task.id(), task.dependsOn().toArray(UUID[]::new), task.owner()).stream()
            .map(row -> row.getUUID("needs"))
            .collect(Collectors.toSet());
    for (UUID needed : task.dependsOn()) {
      if (!known.contains(needed)) {
        throw ProblemException.invalid("depends_on", "names no task: " + needed);
      }
    }
    sql.update(HOLD, task.id());
  }

  boolean anyOpen(Sql sql) {
    return sql.query(EXIST).getFirst().getBoolean("any_open");
  }

  /**
   * Cancels tasks that wait for one that did not complete, and those that wait for them, {@value
   * #MOST_CANCELLED} at most; those that were cancelled.
   */
  List<Row> cancelBroken(Sql sql) {
    return sql.query(CANCEL, MOST_CANCELLED);
  }

  /** Lets tasks run that wait for nothing any more; how many. */
  int release(Sql sql) {
    return sql.query(RELEASE).size();
  }
}
