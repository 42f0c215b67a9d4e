package com.sutazai.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A pool whose connections are all taken, and statements that take too long. */
@Slow
@QuarkusTest
@TestProfile(BusyDatabaseTest.Small.class)
class BusyDatabaseTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int CONNECTIONS = 2;
  private static final Statement ONE = Statement.of("test.busy_one", "SELECT 1 AS one");
  private static final Statement SLOW =
      Statement.of("test.slow", "SELECT pg_sleep(600) IS NULL AS slept");

  /** However slow the test is, the server does not end its transaction. */
  private static final Statement NO_END =
      Statement.of("test.no_end", "SET LOCAL idle_in_transaction_session_timeout = 0");

  private static final Statement SLEEPERS =
      Statement.of(
          "test.sleepers",
          "SELECT count(*) AS found FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'");

  private final Database database;

  BusyDatabaseTest(Database database) {
    this.database = database;
  }

  public static class Small implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "sutazai.database.pool-max", String.valueOf(CONNECTIONS),
          "sutazai.database.acquire-timeout", "200ms",
          "sutazai.database.statement-timeout", "5s",
          "sutazai.boot.data-dir", "target/test-data-busy");
    }
  }

  private static void assertUnavailable(Runnable work, String detail) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
              assertThat(e.retryAfter()).isNotNull();
            })
        .hasMessageContaining(detail);
  }

  @Test
  void who_finds_no_free_connection_is_refused_soon_and_served_again_later() throws Exception {
    // Given
    var taken = new CountDownLatch(CONNECTIONS);
    var done = new CountDownLatch(1);
    Thread[] holders = new Thread[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
      holders[i] =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (taken.getCount() > 0) {
                      try {
                        hold(taken, done);
                      } catch (ProblemException overtaken) {
                        // the product's own loops ask too
                      }
                    }
                  });
    }
    taken.await();

    // When, then
    assertUnavailable(() -> database.query(ONE), "200 ms");
    assertUnavailable(() -> database.transaction(sql -> sql.query(ONE)), "200 ms");
    done.countDown();
    for (Thread holder : holders) {
      holder.join();
    }
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(ProblemException.class) // the product's own loops ask too
        .until(() -> database.query(ONE).size() == 1);
  }

  private void hold(CountDownLatch taken, CountDownLatch done) {
    database.transaction(
        sql -> {
          sql.update(NO_END);
          taken.countDown();
          try {
            done.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return true;
        });
  }

  @Test
  void a_statement_that_takes_too_long_ends_on_the_server_too() {
    // When, then
    assertUnavailable(() -> database.query(SLOW), "");
    assertUnavailable(() -> database.transaction(sql -> sql.query(SLOW)), "");
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(ProblemException.class)
        .until(() -> database.query(SLEEPERS).getFirst().getLong("found") == 0);
  }
}
