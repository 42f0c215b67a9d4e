package com.sutazai.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.graph.AgentGraph.Agent;
import com.sutazai.graph.AgentGraph.Link;
import com.sutazai.graph.AgentGraph.Task;
import com.sutazai.graph.AgentGraph.Wanted;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The graph as the tables have it: tasks know their agents, {@code task_links} their links. */
@ApplicationScoped
class TableGraph implements GraphStore {
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
      found AS (
        (SELECT l.from_id, l.to_id, l.kind FROM own JOIN task_links l ON l.from_id = own.id LIMIT $5 + 1)
        UNION
        (SELECT l.from_id, l.to_id, l.kind FROM own JOIN task_links l ON l.to_id = own.id LIMIT $5 + 1)),
      links AS (SELECT from_id, to_id, kind FROM found LIMIT $5),
      shown AS (
        SELECT id FROM own UNION SELECT from_id FROM links UNION SELECT to_id FROM links),
      states AS (
        SELECT t.id, t.type, t.status, t.agent_id, t.agent, t.created_at, t.completed_at
        FROM shown JOIN task_states t ON t.id = shown.id
        WHERE t.owner_id = $1)
      SELECT (SELECT row_to_json(agent)::text FROM agent) AS agent,
             (SELECT coalesce(json_agg(row_to_json(states)), '[]')::text FROM states) AS tasks,
             (SELECT coalesce(json_agg(json_build_object('from', from_id, 'to', to_id, 'kind', kind)), '[]')::text
              FROM links) AS links,
             (SELECT count(*) <= $4 FROM newest) AND (SELECT count(*) <= $5 FROM found) AS complete
      FROM agent
      """);

  private final Database database;
  private final ObjectMapper json;

  TableGraph(Database database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  @Override
  public Optional<AgentGraph> find(Wanted wanted) {
    return database
        .query(
            OF_AGENT,
            wanted.owner(),
            wanted.agent(),
            Caller.SYSTEM_OWNER,
            wanted.limit(),
            wanted.mostLinks())
        .stream()
        .findFirst()
        .map(this::read);
  }

  private AgentGraph read(Row row) {
    try {
      return AgentGraph.of(
          json.readValue(row.getString("agent"), Agent.class),
          json.readerForListOf(Task.class).readValue(row.getString("tasks")),
          json.readerForListOf(Link.class).readValue(row.getString("links")),
          row.getBoolean("complete"),
          AgentGraph.POSTGRESQL);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The database's own JSON cannot be read", e);
    }
  }
}
