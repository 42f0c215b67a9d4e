package com.sutazai.graph;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Rows of the database as properties of nodes and relationships. */
final class GraphRows {
  private static final Statement AGENTS =
      Statement.of(
          "graph.agents",
          "SELECT id, owner_id, name, type, status FROM agents WHERE id = ANY ($1)");

  private static final Statement NEXT_AGENTS =
      Statement.of(
          "graph.next_agents",
          "SELECT id, owner_id, name, type, status FROM agents WHERE id > $1 ORDER BY id LIMIT $2");

  private static final Statement TASKS =
      Statement.of(
          "graph.tasks",
          """
      SELECT id, owner_id, agent_id, agent, type, status, created_at, completed_at FROM task_states WHERE id = ANY ($1)
      """);

  private static final Statement NEXT_TASKS =
      Statement.of(
          "graph.next_tasks",
          """
      SELECT id, owner_id, agent_id, agent, type, status, created_at, completed_at
      FROM task_states
      WHERE id > $1
      ORDER BY id
      LIMIT $2
      """);

  private static final Statement LINKS =
      Statement.of(
          "graph.links", "SELECT from_id, to_id, kind FROM task_links WHERE to_id = ANY ($1)");

  private GraphRows() {}

  static List<Map<String, Object>> agents(Sql sql, Collection<UUID> ids) {
    return sql.query(AGENTS, (Object) ids.toArray(UUID[]::new)).stream()
        .map(GraphRows::agent)
        .toList();
  }

  static List<Map<String, Object>> agentsAfter(Sql sql, UUID id, int limit) {
    return sql.query(NEXT_AGENTS, id, limit).stream().map(GraphRows::agent).toList();
  }

  static List<Map<String, Object>> tasks(Sql sql, Collection<UUID> ids) {
    return sql.query(TASKS, (Object) ids.toArray(UUID[]::new)).stream()
        .map(GraphRows::task)
        .toList();
  }

  static List<Map<String, Object>> tasksAfter(Sql sql, UUID id, int limit) {
    return sql.query(NEXT_TASKS, id, limit).stream().map(GraphRows::task).toList();
  }

  /** Links that lead to these tasks. */
  static List<Map<String, Object>> links(Sql sql, Collection<UUID> ids) {
    return sql.query(LINKS, (Object) ids.toArray(UUID[]::new)).stream()
        .<Map<String, Object>>map(
            row ->
                Map.of(
                    "from", text(row, "from_id"),
                    "to", text(row, "to_id"),
                    "kind", row.getString("kind")))
        .toList();
  }

  private static Map<String, Object> agent(Row row) {
    return Map.of(
        "id", text(row, "id"),
        "owner", text(row, "owner_id"),
        "name", row.getString("name"),
        "type", row.getString("type"),
        "status", row.getString("status"));
  }

  /** What is null is no property. */
  private static Map<String, Object> task(Row row) {
    Map<String, Object> task = new HashMap<>();
    task.put("id", text(row, "id"));
    task.put("owner", text(row, "owner_id"));
    task.put("type", row.getString("type"));
    task.put("status", row.getString("status"));
    task.put("created_at", row.getOffsetDateTime("created_at"));
    if (row.getOffsetDateTime("completed_at") != null) {
      task.put("completed_at", row.getOffsetDateTime("completed_at"));
    }
    if (row.getUUID("agent_id") != null) {
      task.put("agent_id", text(row, "agent_id"));
    }
    if (row.getString("agent") != null) {
      task.put("agent", row.getString("agent"));
    }
    return task;
  }

  private static String text(Row row, String column) {
    return row.getUUID(column).toString();
  }
}
