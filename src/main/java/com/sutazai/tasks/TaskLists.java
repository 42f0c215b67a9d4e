package com.sutazai.tasks;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lists of an owner's tasks, newest first. Documents are read only when they are wanted. */
@ApplicationScoped
class TaskLists {
  private static final String SELECT =
      """
      SELECT CASE WHEN $8 THEN payload::text END AS payload,
             CASE WHEN $8 THEN result::text END AS result,
      """
          + TaskRepository.SHOWN;

  private static final String FILTERED =
      """
      WHERE owner_id = $1
        AND ($2::text IS NULL OR status = $2)
        AND ($3::text IS NULL OR type = $3)
        AND ($4::uuid IS NULL OR agent_id = $4)
        AND ($5::boolean IS NULL OR dead = $5)
        AND ($6::uuid IS NULL OR id < $6)
      """;

  private static final String PAGE =
      """
      ORDER BY id DESC
      LIMIT $7
      """;

  // Relies on tasks_by_owner: newest first without a sort.
  private static final Statement LIST = Statement.of("tasks.list", SELECT + FILTERED + PAGE);

  // Relies on tasks_by_agent: what others gave to the agent is not read.
  private static final Statement LIST_OF_AGENT =
      Statement.of("tasks.list_of_agent", SELECT + FILTERED + "AND agent_id = $4\n" + PAGE);

  // Relies on tasks_with_error, which has little beside what failed.
  private static final Statement LIST_FAILED =
      Statement.of("tasks.list_failed", SELECT + FILTERED + "AND error_code IS NOT NULL\n" + PAGE);

  // Relies on tasks_cancelled.
  private static final Statement LIST_CANCELLED =
      Statement.of("tasks.list_cancelled", SELECT + FILTERED + "AND cancelled\n" + PAGE);

  // Along the jobs: of all that an owner ever left, few tasks have one.
  private static final Statement LIST_UNFINISHED =
      Statement.of(
          "tasks.list_unfinished",
          """
      SELECT found.*
      FROM jobs
      CROSS JOIN LATERAL (
      """
              + SELECT
              + FILTERED
              + """
        AND id = jobs.task_id
      LIMIT 1) found
      WHERE jobs.owner_id = $1 AND (jobs.lease IS NULL) = ($2 = 'pending')
        AND ($3::text IS NULL OR jobs.type = $3) AND ($6::uuid IS NULL OR jobs.task_id < $6)
      ORDER BY jobs.task_id DESC
      LIMIT $7
      """);

  /** What a list is narrowed to; {@code whole} adds payload and result. */
  record TaskFilter(
      @Nullable String status,
      @Nullable String type,
      @Nullable UUID agentId,
      @Nullable Boolean dead,
      @Nullable UUID after,
      boolean whole) {

    private Statement statement() {
      if (Task.PENDING.equals(status) || Task.PROCESSING.equals(status)) {
        return LIST_UNFINISHED;
      }
      if (Task.CANCELLED.equals(status)) {
        return LIST_CANCELLED;
      }
      if (Task.FAILED.equals(status) || Boolean.TRUE.equals(dead)) {
        return LIST_FAILED;
      }
      return agentId == null ? LIST : LIST_OF_AGENT;
    }
  }

  /** At most so many of the owner's tasks. */
  List<Task> list(Sql sql, UUID owner, TaskFilter filter, int limit) {
    return sql
        .query(
            filter.statement(),
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
}
