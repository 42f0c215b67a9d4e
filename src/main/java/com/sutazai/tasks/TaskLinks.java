package com.sutazai.tasks;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
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

  /** One task submitted another, in the transaction that stores this. */
  void submitted(Sql sql, UUID owner, UUID from, UUID to) {
    sql.update(SUBMITTED, owner, from, to);
  }
}
