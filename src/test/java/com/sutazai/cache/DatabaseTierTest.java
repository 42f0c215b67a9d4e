package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.platform.sql.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class DatabaseTierTest extends TierContract {
  private static final Statement EMPTY =
      Statement.of("test.empty_cache", "DELETE FROM cache_entries");
  private static final Statement COUNT =
      Statement.of("test.count_cache", "SELECT count(*) AS entries FROM cache_entries");

  private final DatabaseTier tier;
  private final Database database;
  private final Storage storage;
  private final MeterRegistry registry;

  DatabaseTierTest(Database database, Storage storage, MeterRegistry registry) {
    tier = new DatabaseTier(database, storage, Long.MAX_VALUE, LONG);
    this.database = database;
    this.storage = storage;
    this.registry = registry;
  }

  @BeforeEach
  @AfterEach
  void empty() {
    database.update(EMPTY);
  }

  @Override
  protected Tier tier() {
    return tier;
  }

  private long entries() {
    return database.query(COUNT).getFirst().getLong("entries");
  }

  @Test
  void a_sweep_removes_what_is_past_its_time() {
    // Given
    for (int i = 0; i < 1_200; i++) {
      tier.put("model:" + i, new byte[10], Set.of("t"), Duration.ofMillis(1));
    }
    tier.put("model:kept", new byte[10], Set.of("t"), LONG);

    // When, then: as soon as the last one's time is over
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              tier.sweep();
              assertThat(entries()).isEqualTo(1);
            });
    assertThat(tier.statistics().entries()).isEqualTo(1);
    assertThat(tier.statistics().bytes()).isEqualTo(10);
  }

  @Test
  void a_sweep_removes_the_oldest_when_there_is_too_much() {
    // Given
    for (int i = 0; i < 10; i++) {
      tier.put("model:" + i, new byte[100], Set.of("t"), LONG.plusMinutes(i));
    }

    // When
    tier.shrinkTo(450);

    // Then
    assertThat(tier.get("model:5")).isNull();
    assertThat(tier.get("model:6")).hasSize(100);
    assertThat(entries()).isEqualTo(4);
  }

  @Test
  void entries_that_come_together_share_statements() throws Exception {
    // Given
    int many = 400;
    long before = statements();

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        String name = "model:" + i % (many / 2);
        String tag = "line\nbreak \"" + i % 4;
        callers.add(threads.submit(() -> tier.put(name, bytes(name), Set.of(tag, "all"), LONG)));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    }

    // Then
    long used = statements() - before;
    System.out.printf("%d entries were written by %d statements%n", many, used);
    assertThat(used).isLessThan(many / 4);
    assertThat(entries()).isEqualTo(many / 2);
    assertThat(tier.get("model:7")).isEqualTo(bytes("model:7"));
    assertThat(tier.remove("line\nbreak \"3")).isEqualTo(many / 8);
    assertThat(tier.remove("all")).isEqualTo(many / 2 - many / 8);
  }

  private long statements() {
    return registry
        .find("db_query_duration")
        .tag("statement", "cache_entries.put")
        .timers()
        .stream()
        .mapToLong(Timer::count)
        .sum();
  }

  @Test
  void nothing_is_written_when_the_disk_is_almost_full() {
    // Given
    storage.isShort("No room.");

    // When
    Throwable refused;
    try {
      refused =
          org.assertj.core.api.Assertions.catchThrowable(
              () -> tier.put("model:1", new byte[1], Set.of(), LONG));
    } finally {
      storage.isEnough();
    }

    // Then
    assertThat(refused).isInstanceOf(Tier.TierException.class);
    assertThat(entries()).isZero();
  }
}
