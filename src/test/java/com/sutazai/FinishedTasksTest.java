package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A claim weighs the same however many tasks have ended: a million of them, with {@code -Plong} ten
 * million.
 */
@Slow
@QuarkusTest
@TestProfile(FinishedTasksTest.OwnDatabase.class)
class FinishedTasksTest {
  private static final long FINISHED =
      Boolean.getBoolean("sutazai-test.long") ? 10_000_000 : 1_000_000;
  private static final int AT_ONCE = 500_000;
  private static final int WAITING = 10_000;

  // Keys and owners are known to be right, and looking each up would take most of the time.
  private static final String INSERT =
      """
      SET LOCAL session_replication_role = replica;
      INSERT INTO tasks (id, owner_id, type, status, payload, created_at, run_at, completed_at)
      SELECT ('0000000%d-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '00000000-0000-7000-8000-000000000001',
             'seed', '%s', '{}', now(), now(), %s
      FROM generate_series(%d, %d) i
      """;

  private final Pool pool;
  private SqlConnection connection;

  @SuppressWarnings("NullAway.Init")
  FinishedTasksTest(Pool pool) {
    this.pool = pool;
  }

  public static class OwnDatabase implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "sutazai.boot.data-dir", "target/test-data-finished",
          "sutazai.database.statement-timeout", "10m",
          "sutazai.queue.workers", "0");
    }
  }

  @BeforeEach
  void connect() throws Exception {
    connection = get(pool.getConnection());
    run("SET deadlock_timeout = '1min'"); // so that the product's own loops give way
    run("TRUNCATE tasks CASCADE");
  }

  @AfterEach
  void leaveNothing() throws Exception {
    run("TRUNCATE tasks CASCADE");
    get(connection.close());
  }

  @Test
  void a_claim_reads_as_many_pages_after_a_million_tasks_have_ended_as_before() throws Exception {
    // Given
    inTransaction(INSERT.formatted(1, "pending", "NULL", 1, WAITING));
    long before = claimedPages();

    // When
    for (long from = 1; from < FINISHED; from += AT_ONCE) {
      inTransaction(INSERT.formatted(2, "completed", "now()", from, from + AT_ONCE - 1));
    }
    run("ANALYZE tasks");

    // Then: but for a page or two of the server's own bookkeeping
    assertThat(claimedPages()).isLessThanOrEqualTo(before + before / 50);
  }

  /**
   * The least of three, because a look at the catalogue counts too: others' {@code ANALYZE} makes
   * the server forget what it knew.
   */
  private long claimedPages() throws Exception {
    long least = claimOfNewJobs();
    for (int i = 0; i < 2; i++) {
      least = Math.min(least, claimOfNewJobs());
    }
    return least;
  }

  /** The same jobs, written anew, because a claim leaves its traces in them. */
  private long claimOfNewJobs() throws Exception {
    run("TRUNCATE jobs, task_dependencies");
    run(
        """
        INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
        SELECT id, owner_id, type, priority, timestamptz '2026-01-01' FROM tasks
        WHERE type = 'seed' AND status = 'pending' ORDER BY id
        """);
    run("VACUUM ANALYZE jobs");
    return IndexUseTest.claimedPages(connection, 50);
  }

  private void inTransaction(String sql) throws Exception {
    run("BEGIN; " + sql + "; COMMIT");
  }

  private void run(String sql) throws Exception {
    get(connection.query(sql).execute());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.MINUTES);
  }
}
