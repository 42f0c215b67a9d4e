package com.sutazai.tasks.process;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds a caller's agents and newest tasks by the words in them. Bounded by reading only the newest
 * rows of the owner and the beginning of each payload, instead of keeping a text index that every
 * task would pay for.
 */
@ApplicationScoped
class TextSearch {
  private static final int MOST = 10;

  // The inner queries walk indexes that begin with the owner; 200 tasks and 1,000 agents at most
  // are searched.
  private static final Statement SEARCH =
      Statement.of(
          "tasks.search",
          """
      WITH wanted AS (SELECT plainto_tsquery('simple', $3) AS words)
      SELECT kind, id, name, type, status, created_at
      FROM (
        SELECT 'agent' AS kind, id, name, type, status, created_at,
               concat_ws(' ', name, type, array_to_string(capabilities, ' '), left(config::text, 2000)) AS content
        FROM (SELECT * FROM agents WHERE owner_id IN ($1, $2) ORDER BY id DESC LIMIT 1000) newest_agents
        UNION ALL
        SELECT 'task', id, agent, type, status, created_at,
               concat_ws(' ', type, agent, status, left(payload::text, 2000))
        FROM (SELECT id, agent, type, status, created_at, payload FROM task_states WHERE owner_id = $1 ORDER BY id DESC LIMIT 200) newest_tasks
      ) found
      CROSS JOIN wanted
      WHERE to_tsvector('simple', content) @@ wanted.words
      ORDER BY kind, id DESC
      LIMIT $4
      """);

  private final Database database;

  TextSearch(Database database) {
    this.database = database;
  }

  /**
   * One agent or task.
   *
   * @param kind {@code agent} or {@code task}
   * @param name of the agent; of a task, the agent's that has or had it
   */
  @RegisterForReflection
  @JsonInclude
  record Found(
      String kind,
      UUID id,
      @Nullable String name,
      String type,
      String status,
      Instant createdAt,
      Map<String, String> links) {
    static Found from(Row row) {
      String kind = row.getString("kind");
      UUID id = row.getUUID("id");
      return new Found(
          kind,
          id,
          row.getString("name"),
          row.getString("type"),
          row.getString("status"),
          row.getOffsetDateTime("created_at").toInstant(),
          Map.of("self", "/api/" + kind + "s/" + id));
    }
  }

  /** At most ten that have all the words, agents first, the newest first. */
  List<Found> search(Caller caller, String words) {
    return database.query(SEARCH, caller.owner(), Caller.SYSTEM_OWNER, words, MOST).stream()
        .map(Found::from)
        .toList();
  }
}
