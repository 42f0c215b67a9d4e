package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class IdempotencyKeysTest {
  private static final Statement KEYS =
      Statement.of(
          "test.keys",
          """
          INSERT INTO idempotency_keys (owner_id, route, key, fingerprint, created_at)
          SELECT $1, $2, i, '', now() - $4 * interval '1 second' FROM generate_series(1, $3) i
          """);

  private static final Statement LEFT =
      Statement.of(
          "test.keys_left", "SELECT count(*) AS left FROM idempotency_keys WHERE route = $1");

  private static final Statement REMOVE =
      Statement.of("test.remove_keys", "DELETE FROM idempotency_keys WHERE route = $1");

  private final IdempotencyKeys keys;
  private final Database database;
  private final TasksConfig config;
  private final String old = "old-" + UUID.randomUUID();
  private final String young = "young-" + UUID.randomUUID();

  IdempotencyKeysTest(IdempotencyKeys keys, Database database, TasksConfig config) {
    this.keys = keys;
    this.database = database;
    this.config = config;
  }

  @AfterEach
  void leaveNothing() {
    database.update(REMOVE, old);
    database.update(REMOVE, young);
  }

  private static void fill(Sql sql, String route, int many, Duration ago) {
    sql.update(KEYS, Caller.LOCAL_OWNER, route, many, ago.toSeconds());
  }

  private long left(String route) {
    return database.query(LEFT, route).getFirst().getLong("left");
  }

  @Test
  void old_keys_go_and_young_ones_stay() throws Exception {
    // Given
    Duration keep = config.idempotencyKeep();
    fill(database, old, IdempotencyKeys.BATCH + 1, keep.plusHours(1));
    fill(database, young, 10, keep.minusHours(1));

    // When
    keys.sweep();

    // Then
    assertThat(left(old)).isZero();
    assertThat(left(young)).isEqualTo(10);
  }

  @Test
  void many_old_keys_go_in_steps() {
    // Given
    int many = 2 * IdempotencyKeys.BATCH + 1;
    List<Integer> removed = new ArrayList<>();

    // When: in a transaction whose keys no other sweep sees
    assertThatThrownBy(
            () ->
                database.transaction(
                    sql -> {
                      fill(sql, old, many, config.idempotencyKeep().multipliedBy(100));
                      removed.add(keys.removeOld(sql));
                      removed.add(keys.removeOld(sql));
                      throw new NothingToKeep();
                    }))
        .isInstanceOf(NothingToKeep.class);

    // Then
    assertThat(removed).containsExactly(IdempotencyKeys.BATCH, IdempotencyKeys.BATCH);
  }

  private static final class NothingToKeep extends RuntimeException {}
}
