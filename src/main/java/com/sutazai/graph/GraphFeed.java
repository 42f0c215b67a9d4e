package com.sutazai.graph;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows of the copy of the graph: the changes that it lacks, whose turn it is to
 * write to it, and how far a rebuild is.
 */
@ApplicationScoped
class GraphFeed {
  private static final UUID FIRST = new UUID(0, 0);
  private static final List<String> WATCHED = List.of("tasks", "jobs", "task_links", "agents");

  private static final Statement LOOK =
      Statement.of(
          "graph_feed.look",
          """
      SELECT feed.source, feed.last_turn, feed.watching, feed.complete, feed.rebuild_step IS NOT NULL AS rebuilding,
             coalesce((extract(epoch FROM clock_timestamp() - oldest.changed_at) * 1000)::bigint, 0) AS behind_ms,
             coalesce(newest.id - oldest.id + 1, 0) AS waiting
      FROM graph_feed feed
      LEFT JOIN LATERAL (SELECT id, changed_at FROM graph_changes ORDER BY id LIMIT 1) oldest ON true
      LEFT JOIN LATERAL (SELECT id FROM graph_changes ORDER BY id DESC LIMIT 1) newest ON true
      """);

  private static final Statement SEEN =
      Statement.of(
          "graph_feed.seen",
          """
      WITH mine AS (
        SELECT id FROM graph_feed
        WHERE seen_at IS NULL OR seen_at < now() - interval '1 minute'
        FOR UPDATE SKIP LOCKED)
      UPDATE graph_feed SET seen_at = now() FROM mine WHERE graph_feed.id = mine.id
      """);

  private static final Statement LOCK =
      Statement.of("graph_feed.lock", "SELECT watching FROM graph_feed FOR UPDATE");

  private static final Statement WATCH =
      Statement.of("graph_feed.watch", "SELECT watch_graph($1, $2) AS done");

  private static final Statement WATCHING =
      Statement.of(
          "graph_feed.watching",
          """
      UPDATE graph_feed SET watching = $1, complete = false, seen_at = coalesce($2, seen_at)
      """);

  private static final Statement UNUSED =
      Statement.of(
          "graph_feed.unused",
          """
      SELECT FROM graph_feed WHERE watching AND seen_at < now() - $1 * interval '1 second' FOR UPDATE SKIP LOCKED
      """);

  // The number is of a sequence, so that no two turns have the same one whatever is rolled back.
  private static final Statement TAKE_TURN =
      Statement.of(
          "graph_feed.take_turn",
          """
      WITH mine AS (SELECT * FROM graph_feed WHERE watching FOR UPDATE SKIP LOCKED)
      UPDATE graph_feed SET last_turn = nextval('graph_turns'), seen_at = now()
      FROM mine
      WHERE graph_feed.id = mine.id
      RETURNING graph_feed.last_turn AS turn, mine.last_turn AS before, mine.source, mine.generation,
                mine.rebuild_step, mine.rebuild_after
      """);

  private static final Statement TAKE_CHANGES =
      Statement.of(
          "graph_changes.take",
          """
      DELETE FROM graph_changes
      WHERE id IN (SELECT id FROM graph_changes ORDER BY id LIMIT $1)
      RETURNING kind, key
      """);

  private static final Statement FORGET_CHANGES =
      Statement.of("graph_changes.forget", "DELETE FROM graph_changes");

  // One that is running goes on, unless the copy lost what it had.
  private static final Statement REBUILD =
      Statement.of(
          "graph_feed.rebuild",
          """
      UPDATE graph_feed
      SET generation = generation + 1, rebuild_step = 'agents', rebuild_after = $1, started_at = now(),
          finished_at = NULL, agents = 0, tasks = 0, removed = 0, complete = complete AND NOT $2
      WHERE watching AND (rebuild_step IS NULL OR $2)
      """);

  private static final Statement MOVE =
      Statement.of(
          "graph_feed.move",
          """
      UPDATE graph_feed
      SET rebuild_step = $1::text, rebuild_after = CASE WHEN $1::text IS NULL THEN NULL ELSE $2::uuid END,
          finished_at = CASE WHEN $1::text IS NULL THEN now() END, complete = complete OR $1::text IS NULL,
          agents = agents + $3, tasks = tasks + $4, removed = removed + $5
      """);

  private static final Statement PROGRESS =
      Statement.of(
          "graph_feed.progress",
          """
      SELECT rebuild_step, started_at, finished_at, agents, tasks, removed FROM graph_feed WHERE started_at IS NOT NULL
      """);

  private final Database database;

  GraphFeed(Database database) {
    this.database = database;
  }

  /**
   * How the copy stands.
   *
   * @param source whose copy it is
   * @param lastTurn that was committed here
   * @param watching whether changes are noted
   * @param complete whether it lacks nothing but the changes that wait
   * @param behindMs age of the oldest change that waits; 0 when none does
   * @param waiting changes that wait, at most
   */
  record Standing(
      UUID source,
      long lastTurn,
      boolean watching,
      boolean complete,
      boolean rebuilding,
      long behindMs,
      long waiting) {}

  /**
   * Leave to write to the copy, until the transaction ends.
   *
   * @param number larger than that of every turn before
   * @param before the last turn that was committed
   */
  record Turn(long number, long before, UUID source, long generation, @Nullable Position rebuild) {}

  /** Where a rebuild is: the step, and the last row that was copied in it. */
  record Position(String step, UUID after) {
    static final String AGENTS = "agents";
    static final String TASKS = "tasks";
    static final String LEFTOVERS = "leftovers";
  }

  /** Something changed: an agent or a task. */
  record Change(boolean agent, UUID key) {}

  /**
   * The last rebuild.
   *
   * @param status {@code running} or {@code done}
   * @param agents copied so far
   * @param tasks copied so far
   * @param removed agents and tasks of the copy that are no more in the database
   */
  @RegisterForReflection
  record Progress(
      String status,
      Instant startedAt,
      @Nullable Instant finishedAt,
      long agents,
      long tasks,
      long removed) {}

  Standing look() {
    Row row = database.query(LOOK).getFirst();
    return new Standing(
        row.getUUID("source"),
        row.getLong("last_turn"),
        row.getBoolean("watching"),
        row.getBoolean("complete"),
        row.getBoolean("rebuilding"),
        Math.max(row.getLong("behind_ms"), row.getLong("waiting") > 0 ? 1 : 0),
        row.getLong("waiting"));
  }

  /** Says that the server is still used. */
  void seen() {
    database.update(SEEN);
  }

  /** Has changes noted from now on, and the copy made; false when the tables were too busy. */
  boolean open() {
    return database.transaction(
        sql -> {
          if (sql.query(LOCK).getFirst().getBoolean("watching")) {
            return true;
          }
          if (!watch(sql, true)) {
            return false;
          }
          sql.update(WATCHING, true, OffsetDateTime.now());
          sql.update(REBUILD, FIRST, true);
          return true;
        });
  }

  /** Ends noting changes when nobody who has the server was seen for so many seconds. */
  boolean closeUnused(long seconds) {
    return database.transaction(
        sql -> {
          if (sql.query(UNUSED, seconds).isEmpty() || !watch(sql, false)) {
            return false;
          }
          sql.update(WATCHING, false, null);
          sql.update(FORGET_CHANGES);
          return true;
        });
  }

  private static boolean watch(Sql sql, boolean wanted) {
    for (String table : WATCHED) {
      if (!sql.query(WATCH, table, wanted).getFirst().getBoolean("done")) {
        return false;
      }
    }
    return true;
  }

  /** Drops what waits and begins anew, because that is less work. */
  void startOver() {
    database.transaction(
        sql -> {
          sql.update(FORGET_CHANGES);
          return sql.update(REBUILD, FIRST, true);
        });
  }

  /**
   * Begins a rebuild, unless one is running.
   *
   * @param lost whether the copy cannot be asked until it is done
   */
  void rebuild(boolean lost) {
    database.update(REBUILD, FIRST, lost);
  }

  /** The last rebuild; empty when there was none yet. */
  Optional<Progress> progress() {
    return database.query(PROGRESS).stream()
        .findFirst()
        .map(
            row ->
                new Progress(
                    row.getString("rebuild_step") == null ? "done" : "running",
                    row.getOffsetDateTime("started_at").toInstant(),
                    instant(row, "finished_at"),
                    row.getLong("agents"),
                    row.getLong("tasks"),
                    row.getLong("removed")));
  }

  private static @Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }

  /** Empty while another process writes. */
  static Optional<Turn> takeTurn(Sql sql) {
    return sql.query(TAKE_TURN).stream()
        .findFirst()
        .map(
            row ->
                new Turn(
                    row.getLong("turn"),
                    row.getLong("before"),
                    row.getUUID("source"),
                    row.getLong("generation"),
                    row.getString("rebuild_step") == null
                        ? null
                        : new Position(
                            row.getString("rebuild_step"), row.getUUID("rebuild_after"))));
  }

  /** Removes the oldest changes; they are back if the transaction is not committed. */
  static List<Change> takeChanges(Sql sql, int limit) {
    return sql.query(TAKE_CHANGES, limit).stream()
        .map(row -> new Change(row.getString("kind").equals("agent"), row.getUUID("key")))
        .toList();
  }

  /** A rebuild came so far; null when it is done. */
  static void move(Sql sql, @Nullable Position to, long agents, long tasks, long removed) {
    sql.update(
        MOVE,
        to == null ? null : to.step(),
        to == null ? null : to.after(),
        agents,
        tasks,
        removed);
  }
}
