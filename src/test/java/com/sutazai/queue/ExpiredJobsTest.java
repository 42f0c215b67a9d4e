package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class ExpiredJobsTest {
  private static final Statement DUE =
      Statement.of(
          "test.due_job",
          """
          INSERT INTO jobs (task_id, owner_id, type, priority, visible_at, expires_at)
          VALUES ($1, $2, $3, 5, now(), now() + $4 * interval '1 second')
          """);

  private static final Statement REMOVE =
      Statement.of("test.remove_jobs", "DELETE FROM jobs WHERE type = $1");

  private final Jobs jobs;
  private final Database database;
  private final String type = "expired-" + UUID.randomUUID();

  ExpiredJobsTest(Jobs jobs, Database database) {
    this.jobs = jobs;
    this.database = database;
  }

  private UUID due(long expiresInSeconds) {
    UUID id = UUID.randomUUID();
    database.update(DUE, id, Caller.LOCAL_OWNER, type, expiresInSeconds);
    return id;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_expired_is_not_claimed_any_more(boolean byAge) {
    // Given
    UUID inTime = due(3600);
    due(-1);

    // When
    var claimed = jobs.claim(Map.of(type, 5), 5, UUID.randomUUID(), Duration.ofMinutes(1), byAge);

    // Then
    assertThat(claimed).extracting(Job::taskId).containsExactly(inTime);
    database.update(REMOVE, type);
  }
}
