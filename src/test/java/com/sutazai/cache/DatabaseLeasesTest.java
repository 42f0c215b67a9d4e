package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
class DatabaseLeasesTest extends LeaseContract {
  private static final Statement COUNT =
      Statement.of(
          "test.count_leases",
          "SELECT count(*) AS leases FROM cache_leases WHERE name = 'model:over'");

  private final Database database;
  private final DatabaseLeases leases;

  DatabaseLeasesTest(Database database) {
    this.database = database;
    leases = new DatabaseLeases(database, new TableGuard(Duration.ofMinutes(1)));
  }

  @Override
  protected LeaseKeeper leases() {
    return leases;
  }

  @Test
  void a_sweep_removes_what_is_over() {
    // Given
    leases.take("model:over", "%032x".formatted(1), Duration.ZERO);
    leases.take("model:held", "%032x".formatted(1), Duration.ofHours(1));

    // When
    leases.sweep();

    // Then
    assertThat(database.query(COUNT).getFirst().getLong("leases")).isZero();
    assertThat(leases.take("model:held", "%032x".formatted(2), Duration.ofHours(1)))
        .isEqualTo(LeaseKeeper.Answer.HELD);
    leases.release("model:held", "%032x".formatted(1));
  }
}
