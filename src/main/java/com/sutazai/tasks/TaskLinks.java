package com.sutazai.tasks;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/** Which task led to which. What a task waits for is linked where that is stored. */
@ApplicationScoped
class TaskLinks {
  private static final Statement SUBMITTED =
      Statement.of(
          "task_links.submitted",
          """
      INSERT INTO task_links (from_id, to_id, owner_id, kind)
      SELECT id, $3, $1, 'submitted' FROM tasks WHERE id = $2 AND owner_id = $1
      """);

  private static final Statement SUBMITTED_BY =
      Statement.of(
          "task_links.submitted_by",
          "SELECT to_id FROM task_links WHERE from_id = $1 AND owner_id = $2 AND kind = 'submitted'");

  /** Tasks that the task submitted. */
  List<UUID> submittedBy(Sql sql, UUID owner, UUID from) {
    return sql.query(SUBMITTED_BY, from, owner).stream().map(row -> row.getUUID("to_id")).toList();
  }

  /** One task submitted another, in the transaction that stores this. */
  void submitted(Sql sql, UUID owner, UUID from, UUID to) {
    sql.update(SUBMITTED, owner, from, to);
  }
}
