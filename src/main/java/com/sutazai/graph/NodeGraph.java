package com.sutazai.graph;

import com.sutazai.graph.AgentGraph.Agent;
import com.sutazai.graph.AgentGraph.Link;
import com.sutazai.graph.AgentGraph.Task;
import com.sutazai.graph.AgentGraph.Wanted;
import com.sutazai.platform.caller.Caller;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.Record;
import org.neo4j.driver.Value;

/** The graph as its copy in Neo4j has it. */
final class NodeGraph implements GraphStore {
  // One statement. The order is that of task_list_index, so no more tasks are read than are shown;
  // its seek is asked for,
  // because a scan seems as cheap while there are few tasks.
  // A task that is only known by its link so far has no type yet.
  static final String OF_AGENT =
      """
      MATCH (a:Agent {id: $agent})
      WHERE a.owner IN [$owner, $system]
      CALL () {
        MATCH (t:Task)
        USING INDEX SEEK t:Task(agent_id, owner, id)
        WHERE t.agent_id = $agent AND t.owner = $owner AND t.id > ''
        WITH t ORDER BY t.agent_id DESC, t.owner DESC, t.id DESC LIMIT $limit + 1
        RETURN collect(t) AS newest
      }
      WITH a, newest[..$limit] AS own, size(newest) <= $limit AS complete
      CALL (own) {
        UNWIND own AS t
        MATCH (t)-[link:LED_TO]-(:Task)
        WITH DISTINCT link LIMIT $links + 1
        RETURN collect(link) AS found
      }
      WITH a, own, found[..$links] AS links, complete AND size(found) <= $links AS complete
      CALL (own, links) {
        UNWIND own + [l IN links | startNode(l)] + [l IN links | endNode(l)] AS t
        WITH DISTINCT t
        WHERE t.owner = $owner AND t.type IS NOT NULL
        RETURN collect(t {.id, .type, .status, .agent_id, .agent, .created_at, .completed_at}) AS tasks
      }
      RETURN a {.id, .name, .type, .status} AS agent, tasks, complete,
             [l IN links | {from: startNode(l).id, to: endNode(l).id, kind: l.kind}] AS links
      """;

  private final Neo4jServer server;

  NodeGraph(Neo4jServer server) {
    this.server = server;
  }

  @Override
  public Optional<AgentGraph> find(Wanted wanted) {
    return server
        .read(
            OF_AGENT,
            Map.of(
                "agent", wanted.agent().toString(),
                "owner", wanted.owner().toString(),
                "system", Caller.SYSTEM_OWNER.toString(),
                "limit", wanted.limit(),
                "links", wanted.mostLinks()))
        .stream()
        .findFirst()
        .map(NodeGraph::read);
  }

  private static AgentGraph read(Record row) {
    Value agent = row.get("agent");
    return AgentGraph.of(
        new Agent(
            id(agent.get("id")),
            agent.get("name").asString(),
            agent.get("type").asString(),
            agent.get("status").asString()),
        row.get("tasks").asList(NodeGraph::task),
        row.get("links")
            .asList(
                link ->
                    new Link(
                        id(link.get("from")), id(link.get("to")), link.get("kind").asString())),
        row.get("complete").asBoolean(),
        AgentGraph.NEO4J);
  }

  private static Task task(Value task) {
    Value agent = task.get("agent_id");
    Value name = task.get("agent");
    return new Task(
        id(task.get("id")),
        task.get("type").asString(),
        task.get("status").asString(),
        agent.isNull() ? null : id(agent),
        name.isNull() ? null : name.asString(),
        task.get("created_at").asOffsetDateTime().toInstant(),
        time(task.get("completed_at")));
  }

  private static UUID id(Value text) {
    return UUID.fromString(text.asString());
  }

  private static @Nullable Instant time(Value time) {
    return time.isNull() ? null : time.asOffsetDateTime().toInstant();
  }
}
