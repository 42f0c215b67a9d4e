package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class JobStatisticsTest {
  private final JobStatistics statistics;
  private final Database database;
  private final String type = "statistics-test-" + UUID.randomUUID();

  JobStatisticsTest(JobStatistics statistics, Database database) {
    this.statistics = statistics;
    this.database = database;
  }

  /** Nothing but the test and what it tests looks at the table. */
  @BeforeEach
  void withoutAutovacuum() {
    database.update(
        Statement.of("test.no_autovacuum", "ALTER TABLE jobs SET (autovacuum_enabled = false)"));
  }

  @AfterEach
  void leaveNothing() {
    database.update(Statement.of("test.autovacuum", "ALTER TABLE jobs RESET (autovacuum_enabled)"));
    database.update(Statement.of("test.delete_jobs", "DELETE FROM jobs WHERE type = $1"), type);
    analyze();
  }

  private void analyze() {
    database.update(Statement.of("test.analyze", "ANALYZE jobs"));
  }

  private void fill(int jobs) {
    database.update(
        Statement.of(
            "test.fill",
            """
            INSERT INTO jobs (task_id, owner_id, type, priority, visible_at)
            SELECT gen_random_uuid(), $1, $2, 5, now() + interval '1 day'
            FROM generate_series(1, $3)
            """),
        Caller.LOCAL_OWNER,
        type,
        jobs);
  }

  private long pictured() {
    return database
        .query(
            Statement.of(
                "test.picture",
                "SELECT reltuples::bigint AS jobs FROM pg_class WHERE oid = 'jobs'::regclass"))
        .getFirst()
        .getLong("jobs");
  }

  @Test
  void a_table_that_was_empty_when_it_was_looked_at_is_looked_at_again() {
    // Given
    analyze();
    fill(6_000);

    // When
    statistics.counted(6_000);

    // Then
    assertThat(pictured()).isGreaterThanOrEqualTo(6_000);
  }

  @Test
  void a_picture_that_is_near_enough_is_kept() {
    // Given
    fill(1_000);
    analyze();
    long before = pictured();
    fill(3_000);

    // When
    statistics.counted(4_000);

    // Then
    assertThat(pictured()).isEqualTo(before);
  }
}
