package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.Region.Kind;
import com.sutazai.cache.Region.Turn;
import com.sutazai.cache.RegionSettings.Stale;
import com.sutazai.cache.RegionSettings.Waiting;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.platform.sql.OtherProcess;
import com.sutazai.platform.sql.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes on one database of which each may load a value. */
@QuarkusTest
class LeasesTest {
  /** Only ends a test whose lease is never given back. */
  private static final Duration FOREVER = Duration.ofMinutes(1);

  private static final Duration LONG = Duration.ofHours(1);
  private static final Waiting PATIENT = new Waiting(LONG, LONG);

  private final MeterRegistry registry;
  private final OtherProcess processes;
  private final Database database;
  private final Storage storage;
  private final CacheKey key = new CacheKey(UUID.randomUUID(), "costly");
  private final CountDownLatch calm = new CountDownLatch(1);
  private Notifications signals;
  private Changes changes;
  private DatabaseTier table;
  private Region<String> here;
  private Region<String> there;

  LeasesTest(Database database, Storage storage, OtherProcess processes, MeterRegistry registry) {
    this.database = database;
    this.storage = storage;
    this.processes = processes;
    this.registry = registry;
  }

  @BeforeEach
  void start() {
    signals = processes.listener();
    changes = new Changes(database, signals);
    table = new DatabaseTier(database, storage, Long.MAX_VALUE, FOREVER);
    here = region(PATIENT, table);
    there = region(PATIENT, table);
  }

  private Region<String> region(Waiting waiting, Tier tier) {
    return new Region<>(
        Kind.ANSWERS,
        new RegionSettings("leased", LONG, 1_000_000, Stale.NEVER, waiting),
        new Texts(1),
        changes,
        () -> new Tiers(Optional.empty(), Optional.of(tier)),
        InstantSource.system());
  }

  @AfterEach
  void stop() {
    processes.stop(signals);
  }

  private Lease taken(Region<String> region) throws InterruptedException {
    Turn<String> turn = region.turn(key, LONG, calm);
    assertThat(turn).isInstanceOf(Turn.Ours.class);
    return ((Turn.Ours<String>) turn).lease();
  }

  /** What a region is told, once it is known to wait. */
  private CompletableFuture<Turn<String>> waiting(Region<String> region, Duration most) {
    CompletableFuture<Turn<String>> turn = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                turn.complete(region.turn(key, most, calm));
              } catch (InterruptedException e) {
                turn.completeExceptionally(e);
              }
            });
    await().atMost(FOREVER).until(() -> region.counts().awaited.sum() == 1);
    return turn;
  }

  private long asked() {
    return statements("cache_leases.take");
  }

  private long statements(String name) {
    return registry.find("db_query_duration").tag("statement", name).timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  @Test
  void who_is_alone_asks_once() throws Exception {
    // Given
    long before = asked();

    // When
    Lease lease = taken(here);

    // Then
    assertThat(asked()).isEqualTo(before + 1);
    assertThat(lease).isNotSameAs(Lease.NONE);
    lease.close();
  }

  @Test
  void the_other_waits_and_gets_what_was_kept() throws Exception {
    // Given
    Region.Start start = here.begin();
    Lease lease = taken(here);
    CompletableFuture<Turn<String>> other = waiting(there, LONG);

    // When
    here.put(key, start, "once", Set.of("leased"), lease);
    lease.close();

    // Then
    Turn<String> turn = other.get();
    assertThat(turn).isInstanceOf(Turn.Over.class);
    assertThat(((Turn.Over<String>) turn).kept().value()).isEqualTo("once");
  }

  @Test
  void the_other_has_its_turn_when_nothing_was_kept() throws Exception {
    // Given
    Lease lease = taken(here);
    CompletableFuture<Turn<String>> other = waiting(there, LONG);

    // When
    lease.close();

    // Then
    assertThat(leaseOf(other)).isNotSameAs(Lease.NONE);
    leaseOf(other).close();
  }

  private static Lease leaseOf(CompletableFuture<Turn<String>> turn)
      throws InterruptedException, ExecutionException {
    return ((Turn.Ours<String>) turn.get()).lease();
  }

  @Test
  void who_asks_after_the_entry_was_removed_loads_at_once() throws Exception {
    // Given
    Region.Start start = here.begin();
    Lease lease = taken(here);
    here.put(key, start, "removed", Set.of("leased-" + key.owner()), lease);
    await().atMost(FOREVER).until(() -> there.find(key).isPresent());
    changes.changedEverywhere("leased-" + key.owner());

    // When, then
    taken(there).close();
  }

  @Test
  void a_lease_is_held_for_as_long_as_the_load_takes() throws Exception {
    // Given
    Lease lease = taken(region(new Waiting(Duration.ofSeconds(6), LONG), table));
    long before = statements("cache_leases.hold");

    // When: it has lasted for several times as long as it was taken for
    await().atMost(FOREVER).until(() -> statements("cache_leases.hold") >= before + 4);

    // Then
    CompletableFuture<Turn<String>> other = waiting(there, LONG);
    lease.close();
    leaseOf(other).close();
  }

  @Test
  void who_is_in_a_hurry_does_not_wait() throws Exception {
    // Given
    Lease lease = taken(here);
    CompletableFuture<Turn<String>> other = waiting(there, LONG);

    // When
    calm.countDown();

    // Then
    assertThat(leaseOf(other)).isSameAs(Lease.NONE);
    lease.close();
  }

  @Test
  void who_is_in_a_hurry_from_the_start_asks_nobody() throws Exception {
    // Given
    calm.countDown();
    long before = asked();

    // When
    Lease lease = taken(here);

    // Then
    assertThat(lease).isSameAs(Lease.NONE);
    assertThat(asked()).isEqualTo(before);
  }

  @Test
  void nobody_waits_longer_than_it_wants_to() throws Exception {
    // Given
    Lease lease = taken(here);

    // When
    CompletableFuture<Turn<String>> other = waiting(there, Duration.ofMillis(1));

    // Then
    assertThat(leaseOf(other)).isSameAs(Lease.NONE);
    lease.close();
  }

  @Test
  void nobody_is_asked_where_it_is_off() throws Exception {
    // Given
    long before = asked();

    // When
    Lease lease = taken(region(Waiting.NOT, table));

    // Then
    assertThat(lease).isSameAs(Lease.NONE);
    assertThat(asked()).isEqualTo(before);
  }

  @Test
  void where_no_place_tells_who_loads_each_one_does() throws Exception {
    assertThat(taken(region(PATIENT, new FakeTier("database")))).isSameAs(Lease.NONE);
  }
}
