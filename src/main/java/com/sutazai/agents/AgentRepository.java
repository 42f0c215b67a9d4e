package com.sutazai.agents;

import static com.sutazai.platform.sql.SqlValues.time;
import static java.util.stream.Collectors.joining;

import com.sutazai.cache.Tags;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of {@code agents}. A caller sees those of its owner and those of the system. */
@ApplicationScoped
class AgentRepository {
  static final Statement LIST =
      Statement.of(
              "agents.list",
              """
      SELECT id, name, type, status, capabilities, config::text AS config, built_in, version, created_at, updated_at
      FROM agents
      WHERE owner_id IN ($1, $2)
        AND ($3::text IS NULL OR type = $3)
        AND ($4::text IS NULL OR status = $4)
        AND ($5::text IS NULL OR strpos(lower(name), lower($5)) > 0)
        AND ($6::uuid IS NULL OR id < $6)
      ORDER BY id DESC
      LIMIT $7
      """)
          .reading(Tags.AGENTS);

  // One statement for agents and their tasks (guide 3.3); coalesce gives [] where json_agg over
  // nothing gives null.
  private static final Statement LIST_WITH_TASKS =
      Statement.of(
          "agents.list_with_tasks",
          """
      SELECT a.id, a.name, a.type, a.status, a.capabilities, a.config::text AS config, a.built_in, a.version,
             a.created_at, a.updated_at, newest.tasks::text AS tasks
      FROM agents a
      CROSS JOIN LATERAL (
        SELECT coalesce(json_agg(json_build_object(
                 'id', t.id, 'type', t.type, 'status', t.status, 'priority', t.priority,
                 'created_at', t.created_at, 'completed_at', t.completed_at) ORDER BY t.id DESC), '[]') AS tasks
        FROM (SELECT id, type, status, priority, created_at, completed_at
              FROM task_states
              WHERE agent_id = a.id AND owner_id = $1
              ORDER BY id DESC
              LIMIT 50) t) newest
      WHERE a.owner_id IN ($1, $2)
        AND ($3::text IS NULL OR a.type = $3)
        AND ($4::text IS NULL OR a.status = $4)
        AND ($5::text IS NULL OR strpos(lower(a.name), lower($5)) > 0)
        AND ($6::uuid IS NULL OR a.id < $6)
      ORDER BY a.id DESC
      LIMIT $7
      """);

  private static final Statement FIND =
      Statement.of(
          "agents.find",
          """
      SELECT owner_id, id, name, type, status, capabilities, config::text AS config, built_in, version, created_at, updated_at
      FROM agents
      WHERE id = $1 AND owner_id IN ($2, $3)
      """);

  private static final Statement FIND_NAMED =
      Statement.of(
          "agents.find_named",
          """
      SELECT id, name, type, status, capabilities, config::text AS config, built_in, version, created_at, updated_at
      FROM agents
      WHERE owner_id IN ($2, $3) AND (name = $1 OR id = $4)
      ORDER BY owner_id = $3, id
      LIMIT 1
      """);

  private static final Statement ACTIVE =
      Statement.of(
          "agents.active",
          """
      SELECT owner_id, id, name, type, status, capabilities, config::text AS config, built_in, version, created_at, updated_at
      FROM agents
      WHERE status = 'active'
      ORDER BY id DESC
      LIMIT $1
      """);

  private static final Statement INSERT =
      Statement.of(
          "agents.insert",
          """
      INSERT INTO agents (id, owner_id, name, type, status, capabilities, config, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $8)
      ON CONFLICT (owner_id, name) DO NOTHING
      RETURNING id, name, type, status, capabilities, config::text AS config, built_in, version, created_at, updated_at
      """);

  // version in the WHERE clause: of two writers with the same ETag one gets no row.
  private static final Statement UPDATE =
      Statement.of(
          "agents.update",
          """
      UPDATE agents
      SET name = $3, type = $4, status = $5, capabilities = $6, config = $7::text::jsonb,
          updated_at = $8, version = version + 1
      WHERE id = $1 AND version = $2
      RETURNING id, name, type, status, capabilities, config::text AS config, built_in, version, created_at, updated_at
      """);

  // Through jobs, which holds the unfinished tasks alone: an agent may have millions that ended.
  private static final Statement UNFINISHED =
      Statement.of(
          "agents.unfinished",
          """
      SELECT EXISTS (SELECT FROM jobs JOIN tasks ON tasks.id = jobs.task_id WHERE tasks.agent_id = $1) AS unfinished
      """);

  // One statement for all of them, as the foreign key's, could take longer than a statement may. It
  // goes on after the last one, so that no entries of the index are passed again.
  private static final Statement LEAVE_ENDED =
      Statement.of(
          "tasks.leave_agent",
          """
      WITH ended AS (
        SELECT id FROM tasks WHERE agent_id = $1 AND id > $2 AND completed_at IS NOT NULL ORDER BY id LIMIT $3),
      changed AS (UPDATE tasks SET agent_id = NULL FROM ended WHERE tasks.id = ended.id)
      SELECT id FROM ended ORDER BY id DESC LIMIT 1
      """);

  private static final Statement DELETE =
      Statement.of("agents.delete", "DELETE FROM agents WHERE id = $1 AND version = $2");

  private static final Statement NAME_TAKEN =
      Statement.of(
          "agents.name_taken",
          "SELECT EXISTS (SELECT FROM agents WHERE owner_id = $1 AND name = $2 AND id <> $3) AS taken");

  private static final Statement REGISTER_BUILT_IN =
      Statement.of(
          "agents.register_built_in",
          """
      INSERT INTO agents (id, owner_id, name, type, status, capabilities, built_in, created_at, updated_at)
      VALUES ($1, $2, $3, $4, 'active', $5, true, $6, $6)
      ON CONFLICT (owner_id, name) DO UPDATE
      SET type = excluded.type, capabilities = excluded.capabilities,
          updated_at = CASE WHEN (agents.type, agents.capabilities) IS DISTINCT FROM (excluded.type, excluded.capabilities)
                            THEN excluded.updated_at ELSE agents.updated_at END,
          version = agents.version + CASE WHEN (agents.type, agents.capabilities) IS DISTINCT FROM (excluded.type, excluded.capabilities)
                                          THEN 1 ELSE 0 END
      RETURNING id, version, status, config::text AS config
      """);

  private static final Statement BUILT_IN =
      Statement.of(
          "agents.built_in",
          "SELECT id, version, status, config::text AS config FROM agents WHERE owner_id = $1 AND built_in");

  /** The newest active agents of all owners, those of the system as each owner sees them. */
  List<OwnedAgent> active(Sql sql, int limit) {
    return sql.query(ACTIVE, limit).stream().map(OwnedAgent::from).toList();
  }

  List<Agent> list(Sql sql, Caller caller, AgentFilter filter, int limit) {
    Statement statement = filter.withTasks() ? LIST_WITH_TASKS : LIST;
    return sql
        .query(
            statement,
            caller.owner(),
            Caller.SYSTEM_OWNER,
            filter.type(),
            filter.status(),
            filter.q(),
            filter.after(),
            limit)
        .stream()
        .map(row -> Agent.from(row, filter.withTasks() ? row.getString("tasks") : null))
        .toList();
  }

  Optional<Agent> find(Sql sql, Caller caller, UUID id) {
    return findOwned(sql, caller, id).map(OwnedAgent::agent);
  }

  Optional<OwnedAgent> findOwned(Sql sql, Caller caller, UUID id) {
    return sql.query(FIND, id, caller.owner(), Caller.SYSTEM_OWNER).stream()
        .findFirst()
        .map(OwnedAgent::from);
  }

  Optional<Agent> findNamed(Sql sql, Caller caller, String nameOrId) {
    return first(
        sql.query(FIND_NAMED, nameOrId, caller.owner(), Caller.SYSTEM_OWNER, Ids.read(nameOrId)));
  }

  /** Empty when the owner already has an agent of this name. */
  Optional<Agent> insert(Sql sql, Caller caller, UUID id, AgentValues values, Instant now) {
    return first(
        sql.query(
            INSERT,
            id,
            caller.owner(),
            values.name(),
            values.type(),
            values.status(),
            values.capabilities().toArray(String[]::new),
            values.config(),
            time(now)));
  }

  /** Empty when the agent was changed since {@code version}. */
  Optional<Agent> update(Sql sql, UUID id, long version, AgentValues values, Instant now) {
    return first(
        sql.query(
            UPDATE,
            id,
            version,
            values.name(),
            values.type(),
            values.status(),
            values.capabilities().toArray(String[]::new),
            values.config(),
            time(now)));
  }

  boolean nameTaken(Sql sql, UUID owner, String name, UUID self) {
    return sql.query(NAME_TAKEN, owner, name, self).getFirst().getBoolean("taken");
  }

  boolean hasUnfinishedTasks(Sql sql, UUID id) {
    return sql.query(UNFINISHED, id).getFirst().getBoolean("unfinished");
  }

  /**
   * Lets ended tasks of the agent no longer name its id.
   *
   * @param after the last one that was told so
   * @return the last one of these; empty when there was none
   */
  Optional<UUID> leaveEndedTasks(Sql sql, UUID id, UUID after, int most) {
    return sql.query(LEAVE_ENDED, id, after, most).stream()
        .findFirst()
        .map(row -> row.getUUID("id"));
  }

  boolean delete(Sql sql, UUID id, long version) {
    return sql.update(DELETE, id, version) == 1;
  }

  Row registerBuiltIn(Sql sql, UUID id, BuiltInAgent agent, Instant now) {
    return sql.query(
            REGISTER_BUILT_IN,
            id,
            Caller.SYSTEM_OWNER,
            agent.name(),
            agent.type(),
            agent.capabilities().toArray(String[]::new),
            time(now))
        .getFirst();
  }

  List<Row> builtIns(Sql sql) {
    return sql.query(BUILT_IN, Caller.SYSTEM_OWNER);
  }

  private static Optional<Agent> first(List<Row> rows) {
    return rows.stream().findFirst().map(row -> Agent.from(row, null));
  }

  /** An agent, and whose it is. */
  record OwnedAgent(UUID owner, Agent agent) {
    static OwnedAgent from(Row row) {
      return new OwnedAgent(row.getUUID("owner_id"), Agent.from(row, null));
    }
  }

  /** What a list is narrowed to. */
  record AgentFilter(
      @Nullable String type,
      @Nullable String status,
      @Nullable String q,
      @Nullable UUID after,
      boolean withTasks) {
    /** A text that no other filter has, whatever words are in it. */
    String unambiguous() {
      return Stream.of(type, status, q, after, withTasks)
          .map(each -> each == null ? "-" : each.toString().length() + ":" + each)
          .collect(joining(" "));
    }
  }

  /** The columns that a caller may set. */
  record AgentValues(
      String name, String type, String status, List<String> capabilities, String config) {}
}
