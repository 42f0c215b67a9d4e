package com.sutazai.graph;

import com.sutazai.graph.Neo4jServer.Work;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.neo4j.driver.Record;

/**
 * The copy of the graph in Neo4j, and how it is written: {@code (:Agent)-[:ASSIGNED]->(:Task)} and
 * {@code (:Task)-[:LED_TO {kind}]->(:Task)}, with the properties of {@link GraphRows}. Everything
 * may be done again. One node, {@code :GraphFeed}, says whose copy it is and which turn wrote last.
 *
 * <p>Values are parameters, always: so each statement is planned once.
 */
final class GraphNodes {
  /** The three of the guide (4.5), and those that the statements here rely on. */
  static final List<String> SCHEMA =
      List.of(
          "CREATE INDEX agent_id_index IF NOT EXISTS FOR (a:Agent) ON (a.id)",
          "CREATE INDEX task_status_index IF NOT EXISTS FOR (t:Task) ON (t.status)",
          "CREATE INDEX agent_type_index IF NOT EXISTS FOR (a:Agent) ON (a.type)",
          "CREATE INDEX task_id_index IF NOT EXISTS FOR (t:Task) ON (t.id)",
          "CREATE INDEX task_list_index IF NOT EXISTS FOR (t:Task) ON (t.agent_id, t.owner, t.id)",
          "CREATE CONSTRAINT graph_feed_key IF NOT EXISTS FOR (f:GraphFeed) REQUIRE f.key IS UNIQUE");

  /** Until they can be used. */
  static final String AWAIT_SCHEMA = "CALL db.awaitIndexes(15)";

  private static final String FEED =
      "MATCH (f:GraphFeed {key: 'graph'}) RETURN f.source AS source, f.turn AS turn";

  // A turn that is larger already stays: who has a smaller number is refused.
  private static final String MAKE_FEED =
      """
      MERGE (f:GraphFeed {key: 'graph'})
      ON CREATE SET f.source = $source
      SET f.turn = CASE WHEN f.turn > $turn THEN f.turn ELSE $turn END
      """;

  // The first SET takes the node's lock, so the turns are looked at one after the other.
  private static final String TURN =
      """
      MATCH (f:GraphFeed {key: 'graph'})
      SET f.locked = true
      WITH f
      WHERE f.source = $source AND f.turn >= $before AND f.turn < $turn
      SET f.turn = $turn
      RETURN f.turn AS turn
      """;

  private static final String PUT_AGENTS =
      """
      UNWIND $rows AS row
      MERGE (a:Agent {id: row.id})
      SET a = row, a.generation = $generation
      """;

  private static final String PUT_TASKS =
      """
      UNWIND $rows AS row
      MERGE (t:Task {id: row.id})
      SET t = row, t.generation = $generation
      WITH t, row
      OPTIONAL MATCH (other:Agent)-[assigned:ASSIGNED]->(t)
      WHERE row.agent_id IS NULL OR other.id <> row.agent_id
      DELETE assigned
      WITH DISTINCT t, row
      WHERE row.agent_id IS NOT NULL
      MERGE (a:Agent {id: row.agent_id}) ON CREATE SET a.generation = $generation
      MERGE (a)-[:ASSIGNED]->(t)
      """;

  // Either task may come later, with its own change.
  private static final String PUT_LINKS =
      """
      UNWIND $rows AS row
      MERGE (from:Task {id: row.from}) ON CREATE SET from.generation = $generation
      MERGE (to:Task {id: row.to}) ON CREATE SET to.generation = $generation
      MERGE (from)-[link:LED_TO]->(to)
      SET link.kind = row.kind
      """;

  private static final String REMOVE_AGENTS =
      "UNWIND $ids AS id MATCH (a:Agent {id: id}) DETACH DELETE a";

  private static final String REMOVE_TASKS =
      "UNWIND $ids AS id MATCH (t:Task {id: id}) DETACH DELETE t";

  private static final String REMOVE_LEFTOVERS =
      """
      MATCH (n:Agent|Task)
      WHERE coalesce(n.generation, -1) < $generation
      WITH n LIMIT $limit
      DETACH DELETE n
      RETURN count(*) AS removed
      """;

  private GraphNodes() {}

  /**
   * Whose copy a server holds.
   *
   * @param turn the last turn that wrote to it
   */
  record Feed(String source, long turn) {}

  /** Empty when the server holds none. */
  static Optional<Feed> feed(Work work) {
    return work.run(FEED, Map.of()).stream()
        .findFirst()
        .map(row -> new Feed(row.get("source").asString(), row.get("turn").asLong()));
  }

  /** Marks an empty copy as this database's, or one that is as written by this turn at least. */
  static void makeFeed(Work work, String source, long turn) {
    work.run(MAKE_FEED, Map.of("source", source, "turn", turn));
  }

  /** Takes the turn at the server too; false when it must not write. */
  static boolean takeTurn(Work work, GraphFeed.Turn turn) {
    return !work.run(
            TURN,
            Map.of(
                "source", turn.source().toString(), "before", turn.before(), "turn", turn.number()))
        .isEmpty();
  }

  static void putAgents(Work work, List<Map<String, Object>> rows, long generation) {
    put(work, PUT_AGENTS, rows, generation);
  }

  static void putTasks(Work work, List<Map<String, Object>> rows, long generation) {
    put(work, PUT_TASKS, rows, generation);
  }

  static void putLinks(Work work, List<Map<String, Object>> rows, long generation) {
    put(work, PUT_LINKS, rows, generation);
  }

  private static void put(
      Work work, String cypher, List<Map<String, Object>> rows, long generation) {
    if (!rows.isEmpty()) {
      work.run(cypher, Map.of("rows", rows, "generation", generation));
    }
  }

  static void removeAgents(Work work, List<String> ids) {
    remove(work, REMOVE_AGENTS, ids);
  }

  static void removeTasks(Work work, List<String> ids) {
    remove(work, REMOVE_TASKS, ids);
  }

  private static void remove(Work work, String cypher, List<String> ids) {
    if (!ids.isEmpty()) {
      work.run(cypher, Map.of("ids", ids));
    }
  }

  /** Removes some of what a rebuild did not find in the database; how many. */
  static long removeLeftovers(Work work, long generation, int limit) {
    List<Record> rows =
        work.run(REMOVE_LEFTOVERS, Map.of("generation", generation, "limit", limit));
    return rows.getFirst().get("removed").asLong();
  }
}
