package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every index earns its keep, and the statements of the main path stay cheap on full tables. The
 * rows are seen by this test's transaction alone.
 */
@Slow
@QuarkusTest
class IndexUseTest {
  /** Filling tables may take long, and the product's own loops give way. */
  private static final String BEGIN =
      """
      BEGIN;
      SET LOCAL statement_timeout = 0;
      SET LOCAL idle_in_transaction_session_timeout = 0;
      SET LOCAL deadlock_timeout = '1min'
      """;

  private static final String SEED =
      """
      INSERT INTO owners (id, name)
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i + 1000), 12, '0'))::uuid, 'seed-' || i
      FROM generate_series(1, 200) i;

      INSERT INTO agents (id, owner_id, name, type, created_at, updated_at)
      SELECT ('00000001-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
             ('00000000-0000-7000-8000-' || lpad(to_hex(i % 200 + 1001), 12, '0'))::uuid, 'agent-' || i, 'worker', now(), now()
      FROM generate_series(1, 20000) i;

      UPDATE agents SET any_owner = true WHERE name IN ('agent-1', 'agent-2');

      INSERT INTO tasks (id, owner_id, agent_id, type, payload, created_at, run_at, priority)
      SELECT ('00000002-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
             ('00000000-0000-7000-8000-' || lpad(to_hex(i % 200 + 1001), 12, '0'))::uuid,
             ('00000001-0000-7000-8000-' || lpad(to_hex(i % 20000 + 1), 12, '0'))::uuid,
             'seed', '{}', now(), now(), i % 11
      FROM generate_series(1, 100000) i;

      INSERT INTO schedules (id, owner_id, name, cron, time_zone, enabled, missed, task, next_run_at, created_at, updated_at)
      SELECT ('00000003-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
             ('00000000-0000-7000-8000-' || lpad(to_hex(i % 200 + 1001), 12, '0'))::uuid, 'schedule-' || i,
             '* * * * *', 'UTC', true, 'once', '{}', now() + i * interval '1 minute', now(), now()
      FROM generate_series(1, 20000) i;

      INSERT INTO documents (id, owner_id, name, language, configuration, characters, passages, text, created_at)
      SELECT ('00000004-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
             ('00000000-0000-7000-8000-' || lpad(to_hex(i % 200 + 1001), 12, '0'))::uuid, 'document-' || i, 'en', 'english',
             8, 1, 'document', now()
      FROM generate_series(1, 20000) i;

      INSERT INTO document_passages (document_id, number, owner_id, configuration, text, words)
      SELECT id, 0, owner_id, configuration, text, to_tsvector('simple', name || ' number ' || right(name, 2))
      FROM documents
      WHERE name LIKE 'document-%';

      INSERT INTO cache_entries (name, entry, tags, expires_at)
      SELECT 'model:' || i, '', ARRAY['model:' || i], now() + i * interval '1 minute'
      FROM generate_series(1, 20000) i;

      INSERT INTO workflows (id, owner_id, name, max_parallel, on_failure, input, status, completed_at)
      SELECT ('00000004-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
             ('00000000-0000-7000-8000-' || lpad(to_hex(i % 200 + 1001), 12, '0'))::uuid, 'workflow-' || i, 5, 'fail', '{}',
             CASE WHEN i % 100 = 0 THEN 'running' ELSE 'completed' END, CASE WHEN i % 100 > 0 THEN now() END
      FROM generate_series(1, 20000) i;

      INSERT INTO workflow_signals (workflow_id, due_at)
      SELECT id, now() + interval '1 minute' FROM workflows;

      INSERT INTO idempotency_keys (owner_id, route, key, fingerprint, created_at)
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i % 200 + 1001), 12, '0'))::uuid, 'POST /api/tasks', 'key-' || i, '',
             now() + i * interval '1 minute'
      FROM generate_series(1, 20000) i;

      ANALYZE idempotency_keys, owners, agents, tasks, schedules, documents, document_passages, cache_entries, workflows, workflow_signals
      """;

  private static final Set<String> FOR_EACH_JOB =
      Set.of(
          "tasks.submit",
          "tasks.submit_claimed",
          "jobs.claim",
          "jobs.claim_oldest",
          "tasks.load",
          "jobs.renew",
          "tasks.complete",
          "tasks.fail",
          "tasks.again");

  /** Owner of 500 of the tasks. */
  private static final UUID BUSY_OWNER = UUID.fromString("00000000-0000-7000-8000-0000000003e9");

  private static final OffsetDateTime LONG_AGO = OffsetDateTime.parse("1970-01-01T00:00:00Z");

  private final Pool pool;
  private SqlConnection connection;

  @SuppressWarnings("NullAway.Init")
  IndexUseTest(Pool pool) {
    this.pool = pool;
  }

  @BeforeEach
  void fillTables() throws Exception {
    connection = get(pool.getConnection());
    run(BEGIN);
    run(SEED);
  }

  @AfterEach
  void leaveNothing() throws Exception {
    run("ROLLBACK");
    get(connection.close());
  }

  @Test
  void every_index_serves_a_statement_or_a_constraint() throws Exception {
    // Given
    fillJobs("now() - interval '1 minute'");
    run(
        """
        INSERT INTO task_dependencies (task_id, needs)
        SELECT task_id, lag(task_id) OVER (ORDER BY task_id) FROM jobs ORDER BY task_id OFFSET 1;
        INSERT INTO task_links (from_id, to_id, owner_id, kind)
        SELECT lag(id) OVER (ORDER BY id), id, owner_id, 'awaited' FROM tasks ORDER BY id OFFSET 1
        ON CONFLICT DO NOTHING;
        ANALYZE task_dependencies, task_links
        """);
    Set<String> indexes = new TreeSet<>();
    for (var row :
        get(
            connection
                .query(
                    """
                    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                    WHERE c.relnamespace = 'sutazai'::regnamespace AND NOT i.indisunique AND c.relname NOT LIKE 'flyway%'
                    """)
                .execute())) {
      indexes.add(row.getString(0));
    }

    // When
    Map<String, Set<String>> servedBy = new TreeMap<>();
    List<Statement> statements = new ArrayList<>(planned());
    statements.addAll(ofFunctions());
    for (Statement statement : statements) {
      Set<String> used = new TreeSet<>();
      collectIndexes(plan("EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + statement.text()), used);
      used.forEach(
          index -> servedBy.computeIfAbsent(index, i -> new TreeSet<>()).add(statement.name()));
    }

    // Then
    System.out.println("Indexes and the statements that they serve: " + servedBy);
    assertThat(indexes).isNotEmpty();
    assertThat(servedBy.keySet()).containsAll(indexes);
  }

  @Test
  void plans_made_while_no_job_waits_do_not_read_all_jobs_later() throws Exception {
    // Given
    run("TRUNCATE jobs, task_dependencies; ANALYZE jobs");

    // When
    Set<String> reading = new TreeSet<>();
    for (Statement statement : SqlStatementsTest.statements()) {
      if (FOR_EACH_JOB.contains(statement.name())
          && readsAll(
              plan("EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + statement.text()), "jobs_pkey")) {
        reading.add(statement.name());
      }
    }

    // Then
    assertThat(reading).isEmpty();
  }

  /** What functions of the schema answer. */
  private List<Statement> ofFunctions() throws Exception {
    List<Statement> statements = new ArrayList<>();
    for (var row :
        get(
            connection
                .query(
                    """
                    SELECT proname, substring(prosrc FROM 'RETURN QUERY(.*?);') FROM pg_proc
                    WHERE pronamespace = 'sutazai'::regnamespace AND prosrc LIKE '%RETURN QUERY%'
                    """)
                .execute())) {
      statements.add(Statement.of(row.getString(0), row.getString(1)));
    }
    return statements;
  }

  /** Statements that have a plan. */
  private static List<Statement> planned() throws Exception {
    return SqlStatementsTest.statements().stream()
        .filter(statement -> !statement.text().startsWith("ANALYZE"))
        .toList();
  }

  /** Whether the plan goes through the whole index. */
  private static boolean readsAll(Object node, String index) {
    return switch (node) {
      case JsonArray list -> list.stream().anyMatch(each -> readsAll(each, index));
      case JsonObject object ->
          index.equals(object.getString("Index Name")) && !object.containsKey("Index Cond")
              || object.stream().anyMatch(field -> readsAll(field.getValue(), index));
      default -> false;
    };
  }

  @Test
  void a_claim_reads_few_pages_although_100000_jobs_wait() throws Exception {
    // Given
    fillJobs("now() - interval '1 minute'");

    // When, then
    assertThat(claimedPages(connection, 50)).isLessThan(50 * 30);
  }

  @Test
  void a_claim_does_not_walk_over_jobs_whose_time_has_not_come() throws Exception {
    // Given
    fillJobs("now() + interval '1 day'");

    // When, then
    assertThat(claimedPages(connection, 50))
        .isLessThan(2 * 11 * 4); // a descent for each type and priority
  }

  @Test
  void a_claim_does_not_walk_over_the_dead_before_its_floor() throws Exception {
    // Given: nothing of what this transaction deletes can be removed while it is open
    fillJobs("now() - ('x' || reverse(right(id::text, 5)))::bit(20)::int * interval '1 ms'");
    run(
        """
        DELETE FROM jobs
        WHERE visible_at < (SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY visible_at) FROM jobs)
        """);
    OffsetDateTime floor =
        get(connection.query("SELECT min(visible_at) FROM jobs").execute())
            .iterator()
            .next()
            .getOffsetDateTime(0);

    // When
    long fromTheFront = claimedPages(connection, 50);
    long fromTheFloor = claimedPages(connection, 50, floor);

    // Then
    assertThat(fromTheFloor).isLessThan(50 * 30).isLessThan(fromTheFront / 4);
  }

  @Test
  void a_claim_of_callbacks_does_not_walk_over_those_of_a_busy_receiver() throws Exception {
    // Given
    fillCallbacks();

    // When, then
    assertThat(
            pages(
                connection,
                "callbacks.claim",
                Tuple.from(
                    List.of(
                        new UUID[] {BUSY_OWNER},
                        new String[] {"slow.example.com:80"},
                        new Integer[] {3},
                        3,
                        7,
                        3,
                        UUID.randomUUID(),
                        30_000L))))
        .isLessThan(150);
  }

  @Test
  void a_workers_claim_does_not_walk_again_over_other_owners_jobs() throws Exception {
    // Given
    fillJobs("now() - interval '1 minute'");

    // When
    long fromTheFront = workersPages(LONG_AGO);
    long fromTheFloor = workersPages(OffsetDateTime.now().minusSeconds(10));

    // Then
    assertThat(fromTheFront).isGreaterThan(1_000);
    assertThat(fromTheFloor).isLessThan(11 * 5);
  }

  /** Of an owner that has no job. */
  private long workersPages(OffsetDateTime floor) throws Exception {
    return pages(
        connection,
        "jobs.claim_behind_others",
        Tuple.from(
            List.of(
                UUID.randomUUID(),
                "seed",
                new String[0],
                UUID.randomUUID(),
                10,
                UUID.randomUUID(),
                30_000L,
                Collections.nCopies(11, floor).toArray(OffsetDateTime[]::new))));
  }

  @Test
  void a_list_of_what_did_not_complete_does_not_walk_over_what_did() throws Exception {
    // Given
    endTasks();

    // When, then: versions of rows that went stay in the indexes until the transaction ends
    assertThat(listedPages("tasks.list", "completed")).isLessThan(2_000);
    assertThat(listedPages("tasks.list_failed", "failed")).isLessThan(50);
    assertThat(listedPages("tasks.list_unfinished", "pending")).isLessThan(2_000);
    assertThat(listedPages("tasks.list_cancelled", "cancelled")).isLessThan(50);
    assertThat(listedPages("tasks.list", "failed")).isGreaterThan(5_000);
  }

  @Test
  void a_list_of_workflows_of_a_status_does_not_walk_over_the_others() throws Exception {
    // Given: all of one owner's
    run(
        """
        UPDATE workflows SET owner_id = '%s' WHERE name LIKE 'workflow-%%';
        UPDATE workflows SET status = 'paused' WHERE status = 'running' AND right(id::text, 1) = '0';
        ANALYZE workflows
        """
            .formatted(BUSY_OWNER));

    // When, then: old versions of rows stay in the indexes until the transaction ends
    for (String status : List.of("running", "paused", "failed", "completed")) {
      assertThat(
              pages(
                  connection,
                  "workflows.list_of_status",
                  Tuple.from(Arrays.asList(BUSY_OWNER, null, 51, status))))
          .as(status)
          .isLessThan(1_000);
    }
    assertThat(pages(connection, "workflows.count_open", Tuple.of(BUSY_OWNER, 100)))
        .isLessThan(1_000);
  }

  /** All of one owner's: of 10,000 one failed, one has not ended, one was cancelled. */
  private void endTasks() throws Exception {
    run(
        """
        TRUNCATE jobs, task_dependencies;
        UPDATE tasks
        SET owner_id = '%s', completed_at = CASE WHEN right(id::text, 4) <> '0002' THEN now() END,
            status = CASE right(id::text, 4) WHEN '0001' THEN 'failed' WHEN '0002' THEN 'pending' WHEN '0003' THEN 'cancelled' ELSE 'completed' END,
            cancelled = right(id::text, 4) = '0003',
            error_code = CASE WHEN right(id::text, 4) = '0001' THEN 'internal' END
        WHERE type = 'seed';
        INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
        SELECT id, owner_id, type, priority, now() FROM tasks WHERE type = 'seed' AND completed_at IS NULL;
        ANALYZE tasks, jobs
        """
            .formatted(BUSY_OWNER));
  }

  @Test
  void what_an_owner_gave_to_a_shared_agent_is_found_without_what_others_did() throws Exception {
    // Given: one owner with much for others, and much that another gave to this agent
    Row agent =
        get(connection.query("SELECT id, owner_id FROM agents LIMIT 1").execute())
            .iterator()
            .next();
    UUID few = UUID.fromString("00000000-0000-7000-8000-0000000003ea");
    run(
        """
        TRUNCATE jobs, task_dependencies;
        UPDATE tasks SET agent_id = '%s', owner_id = '%s' WHERE type = 'seed' AND right(id::text, 1) > '7';
        UPDATE tasks SET agent_id = NULL, owner_id = '%s' WHERE type = 'seed' AND right(id::text, 1) <= '7';
        ANALYZE tasks
        """
            .formatted(agent.getUUID("id"), BUSY_OWNER, few));

    // When, then
    assertThat(
            pages(
                connection,
                "tasks.list_of_agent",
                Tuple.from(
                    Arrays.asList(few, null, null, agent.getUUID("id"), null, null, 51, false))))
        .isLessThan(50);
    assertThat(
            pages(
                connection,
                "graph.of_agent",
                Tuple.of(few, agent.getUUID("id"), agent.getUUID("owner_id"), 50, 50)))
        .isLessThan(50);
  }

  private long listedPages(String statement, String status) throws Exception {
    return pages(
        connection,
        statement,
        Tuple.from(Arrays.asList(BUSY_OWNER, status, null, null, null, null, 51, false)));
  }

  @Test
  void a_completed_task_changes_no_index() throws Exception {
    // Given
    fillJobs("now() + interval '1 minute'");
    UUID lease = UUID.randomUUID();
    run("UPDATE jobs SET lease = '" + lease + "'");
    UUID[] ids = new UUID[20];
    Arrays.setAll(
        ids, i -> UUID.fromString("00000002-0000-7000-8000-%012x".formatted(1 + i * 1000)));
    String[] none = new String[ids.length];
    long before = unmovedTasks();

    // When
    pages(
        connection,
        "tasks.complete",
        Tuple.of(
            ids,
            Collections.nCopies(ids.length, lease).toArray(UUID[]::new),
            Collections.nCopies(ids.length, "{}").toArray(String[]::new),
            new UUID[ids.length],
            none));

    // Then
    assertThat(unmovedTasks() - before).isEqualTo(ids.length);
  }

  /** Rows of tasks that this transaction changed without a new entry in any index. */
  private long unmovedTasks() throws Exception {
    return get(connection
            .query("SELECT pg_stat_get_xact_tuples_hot_updated('sutazai.tasks'::regclass)")
            .execute())
        .iterator()
        .next()
        .getLong(0);
  }

  private void fillCallbacks() throws Exception {
    run(
        """
        TRUNCATE callbacks;
        INSERT INTO callbacks (task_id, owner_id, url, receiver, ended_at, due_at)
        SELECT id, '%s', 'http://example.com/', CASE WHEN priority = 0 THEN 'other' ELSE 'slow' END || '.example.com:80',
               now(), now() - interval '1 minute'
        FROM tasks
        WHERE type = 'seed';
        ANALYZE callbacks
        """
            .formatted(BUSY_OWNER));
  }

  private void fillJobs(String visibleAt) throws Exception {
    run(
        """
        TRUNCATE jobs, task_dependencies;
        INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
        SELECT id, owner_id, type, priority, %s FROM tasks WHERE type = 'seed';
        ANALYZE jobs
        """
            .formatted(visibleAt));
  }

  static long claimedPages(SqlConnection connection, int limit) throws Exception {
    return claimedPages(connection, limit, LONG_AGO);
  }

  private static long claimedPages(SqlConnection connection, int limit, OffsetDateTime floor)
      throws Exception {
    return pages(
        connection,
        "jobs.claim",
        Tuple.of(
            new String[] {"seed", "noop"},
            new Integer[] {limit, limit},
            limit,
            UUID.randomUUID(),
            30_000L,
            Collections.nCopies(2 * 11, floor).toArray(OffsetDateTime[]::new)));
  }

  private static long pages(SqlConnection connection, String name, Tuple arguments)
      throws Exception {
    Statement statement =
        SqlStatementsTest.statements().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    JsonObject plan =
        get(connection
                .preparedQuery("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement.text())
                .execute(arguments))
            .iterator()
            .next()
            .getJsonArray(0)
            .getJsonObject(0)
            .getJsonObject("Plan");
    long pages = plan.getLong("Shared Hit Blocks") + plan.getLong("Shared Read Blocks");
    System.out.println(name + " touched " + pages + " pages");
    return pages;
  }

  private JsonArray plan(String explain) throws Exception {
    return get(connection.query(explain).execute()).iterator().next().getJsonArray(0);
  }

  private static void collectIndexes(Object node, Set<String> found) {
    switch (node) {
      case JsonArray list -> list.forEach(item -> collectIndexes(item, found));
      case JsonObject object -> {
        if (object.containsKey("Index Name")) {
          found.add(object.getString("Index Name"));
        }
        object.forEach(field -> collectIndexes(field.getValue(), found));
      }
      default -> {}
    }
  }

  private void run(String sql) throws Exception {
    get(connection.query(sql).execute());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.MINUTES);
  }
}
