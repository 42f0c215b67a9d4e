package com.sutazai.graph;

import com.sutazai.graph.GraphFeed.Change;
import com.sutazai.graph.GraphFeed.Position;
import com.sutazai.graph.GraphFeed.Turn;
import com.sutazai.graph.Neo4jServer.Work;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One turn at bringing the copy up to date: some changes, and a piece of the rebuild if there is
 * one.
 *
 * <p>Changes are removed, and the rebuild moved on, in a transaction that is committed after that
 * of Neo4j: what fails is done again by the next turn. Rows are read after their changes were
 * taken, so what is written is as new as the change. One process has the turn at a time, by a row's
 * lock; one that lost its connection meanwhile, and does not know it, is refused by the number that
 * Neo4j keeps of the last turn. So an older state never replaces a newer one.
 */
final class GraphTurn {
  private static final UUID FIRST = new UUID(0, 0);

  private final Database database;
  private final Neo4jServer server;
  private final int batch;

  GraphTurn(Database database, Neo4jServer server, int batch) {
    this.database = database;
    this.server = server;
    this.batch = batch;
  }

  /** What came of it. */
  enum Outcome {
    /** Written; there may be more. */
    MORE,
    /** Written, and nothing is left for now. */
    DONE,
    /** Another process has the turn. */
    TAKEN
  }

  /**
   * Writes, if it is this process' turn.
   *
   * @throws Refused when the server holds nothing, something else, or less than was written before
   */
  Outcome take() {
    return database.transaction(
        sql -> {
          Optional<Turn> turn = GraphFeed.takeTurn(sql);
          return turn.isEmpty() ? Outcome.TAKEN : write(sql, turn.get());
        });
  }

  private Outcome write(Sql sql, Turn turn) {
    List<Change> changes = GraphFeed.takeChanges(sql, batch);
    Batch newest = Batch.of(sql, changes);
    return server.write(
        work -> {
          if (!GraphNodes.takeTurn(work, turn)) {
            throw new Refused();
          }
          newest.write(work, turn.generation());
          Position rebuild = turn.rebuild();
          boolean more = rebuild != null && rebuild(sql, work, turn, rebuild);
          return more || changes.size() == batch ? Outcome.MORE : Outcome.DONE;
        });
  }

  /** One piece of it; whether there is more. */
  private boolean rebuild(Sql sql, Work work, Turn turn, Position position) {
    return switch (position.step()) {
      case Position.AGENTS -> {
        List<Map<String, Object>> agents = GraphRows.agentsAfter(sql, position.after(), batch);
        GraphNodes.putAgents(work, agents, turn.generation());
        GraphFeed.move(sql, next(position, agents, Position.TASKS), agents.size(), 0, 0);
        yield true;
      }
      case Position.TASKS -> {
        List<Map<String, Object>> tasks = GraphRows.tasksAfter(sql, position.after(), batch);
        GraphNodes.putTasks(work, tasks, turn.generation());
        GraphNodes.putLinks(work, GraphRows.links(sql, ids(tasks)), turn.generation());
        GraphFeed.move(sql, next(position, tasks, Position.LEFTOVERS), 0, tasks.size(), 0);
        yield true;
      }
      default -> {
        long removed = GraphNodes.removeLeftovers(work, turn.generation(), batch);
        GraphFeed.move(sql, removed < batch ? null : position, 0, 0, removed);
        yield removed == batch;
      }
    };
  }

  private Position next(Position position, List<Map<String, Object>> rows, String then) {
    return rows.size() < batch
        ? new Position(then, FIRST)
        : new Position(position.step(), id(rows.getLast()));
  }

  private static UUID id(Map<String, Object> row) {
    return UUID.fromString(String.valueOf(row.get("id")));
  }

  private static List<UUID> ids(List<Map<String, Object>> rows) {
    return rows.stream().map(GraphTurn::id).toList();
  }

  /** The server must not be written to; what is to be done depends on what it holds. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused() {
      super("The copy of the graph does not take this turn", null, false, false);
    }
  }

  /** The newest state of what changed. */
  private record Batch(
      List<Map<String, Object>> agents,
      List<Map<String, Object>> tasks,
      List<Map<String, Object>> links,
      List<String> goneAgents,
      List<String> goneTasks) {
    static Batch of(Sql sql, List<Change> changes) {
      Set<UUID> agentIds = new HashSet<>();
      Set<UUID> taskIds = new HashSet<>();
      changes.forEach(change -> (change.agent() ? agentIds : taskIds).add(change.key()));
      List<Map<String, Object>> agents =
          agentIds.isEmpty() ? List.of() : GraphRows.agents(sql, agentIds);
      List<Map<String, Object>> tasks =
          taskIds.isEmpty() ? List.of() : GraphRows.tasks(sql, taskIds);
      return new Batch(
          agents,
          tasks,
          tasks.isEmpty() ? List.of() : GraphRows.links(sql, taskIds),
          gone(agentIds, agents),
          gone(taskIds, tasks));
    }

    private static List<String> gone(Set<UUID> ids, List<Map<String, Object>> rows) {
      Set<UUID> left = new HashSet<>(ids);
      ids(rows).forEach(left::remove);
      List<String> gone = new ArrayList<>();
      left.forEach(id -> gone.add(id.toString()));
      return gone;
    }

    void write(Work work, long generation) {
      GraphNodes.putAgents(work, agents, generation);
      GraphNodes.putTasks(work, tasks, generation);
      GraphNodes.putLinks(work, links, generation);
      GraphNodes.removeTasks(work, goneTasks);
      GraphNodes.removeAgents(work, goneAgents);
    }
  }
}
