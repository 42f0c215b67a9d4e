package com.sutazai.graph;

import com.sutazai.graph.AgentGraph.Wanted;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The graph as the tables have it: tasks know their agents, {@code task_links} their links. */
@ApplicationScoped
class GraphRepository {
  // One statement. own relies on tasks_by_agent; links are found from both ends by an index each.
  private static final Statement OF_AGENT =
      Statement.of(
          "graph.of_agent",
          """
      WITH agent AS (
        SELECT id, name, type, status FROM agents WHERE id = $2 AND owner_id IN ($1, $3)),
      newest AS (
        SELECT id FROM tasks
        WHERE agent_id = (SELECT id FROM agent) AND owner_id = $1
        ORDER BY id DESC
        LIMIT $4 + 1),
      own AS (SELECT id FROM newest ORDER BY id DESC LIMIT $4),
      links AS (
        SELECT l.from_id, l.to_id, l.kind FROM own JOIN task_links l ON l.from_id = own.id
        UNION
        SELECT l.from_id, l.to_id, l.kind FROM own JOIN task_links l ON l.to_id = own.id),
      shown AS (
        SELECT id FROM own UNION SELECT from_id FROM links UNION SELECT to_id FROM links),
      states AS (
        SELECT t.id, t.type, t.status, t.agent_id, t.agent, t.created_at, t.completed_at
        FROM shown JOIN task_states t ON t.id = shown.id
        WHERE t.owner_id = $1),
      partners AS (
        SELECT other.agent_id AS id, min(other.agent) AS name,
               count(*) FILTER (WHERE other.id = l.to_id) AS asked,
               count(*) FILTER (WHERE other.id = l.from_id) AS asked_by
        FROM links l
        JOIN states other ON other.id IN (l.from_id, l.to_id)
        WHERE other.agent_id IS DISTINCT FROM $2 AND other.agent_id IS NOT NULL
        GROUP BY other.agent_id)
      SELECT (SELECT row_to_json(agent)::text FROM agent) AS agent,
             (SELECT coalesce(json_agg(row_to_json(states) ORDER BY id DESC), '[]')::text FROM states) AS tasks,
             (SELECT coalesce(json_agg(json_build_object('from', from_id, 'to', to_id, 'kind', kind)
                                       ORDER BY from_id, to_id), '[]')::text FROM links) AS links,
             (SELECT coalesce(json_agg(row_to_json(partners) ORDER BY name), '[]')::text FROM partners) AS partners,
             (SELECT count(*) <= $4 FROM newest) AS complete
      FROM agent
      """);

  private final Database database;

  GraphRepository(Database database) {
    this.database = database;
  }

  /** Empty when the caller may see no such agent. */
  Optional<AgentGraph> find(Wanted wanted) {
    return database
        .query(OF_AGENT, wanted.owner(), wanted.agent(), Caller.SYSTEM_OWNER, wanted.limit())
        .stream()
        .findFirst()
        .map(AgentGraph::from);
  }
}
