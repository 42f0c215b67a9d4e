package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.Loader.Loaded;
import com.sutazai.cache.Region.Kind;
import com.sutazai.cache.RegionSettings.Stale;
import com.sutazai.cache.RegionSettings.Waiting;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.platform.sql.OtherProcess;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Slow;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two processes that share a database and a tier, while callers read and write through both of them
 * and everything that can fail does. Each row counts its versions, so a read that returns an older
 * one than it may is seen.
 */
@Slow
@QuarkusTest
class CacheHistoriesTest {
  private static final int ROWS = 12;
  private static final int CALLERS = 8;
  private static final int STEPS = 1_500;

  /** Only ends the test when a change is never heard. */
  private static final Duration FOREVER = Duration.ofSeconds(60);

  private static final Statement MAKE =
      Statement.of(
          "test.make_agent",
          """
      INSERT INTO agents (id, owner_id, name, type, created_at, updated_at)
      VALUES ($1, $2, $1::uuid::text, 'history', now(), now())
      """);
  private static final Statement WRITE =
      Statement.of(
          "test.write_agent",
          "UPDATE agents SET version = version + 1 WHERE id = $1 RETURNING version");
  private static final Statement READ =
      Statement.of(
          "test.read_agent",
          "SELECT owner_id, version FROM agents WHERE id = $1 AND owner_id = $2");
  private static final Statement REMOVE =
      Statement.of("test.remove_agents", "DELETE FROM agents WHERE type = 'history'");
  private static final Statement CUT =
      Statement.of(
          "test.cut_listeners",
          """
      SELECT pg_terminate_backend(pid) AS cut
      FROM pg_stat_activity
      WHERE application_name = 'sutazai-listener'
      """);
  private static final UUID[] OWNERS = {
    UUID.fromString("00000000-0000-7000-8000-000000000001"),
    UUID.fromString("00000000-0000-7000-8000-000000000002")
  };

  private final Database database;
  private final OtherProcess processes;
  private final Changes changesOfTheApplication;
  private SharedPlace shared = new SharedPlace.Scripted();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();

  CacheHistoriesTest(Database database, OtherProcess processes, Changes changes) {
    this.database = database;
    changesOfTheApplication = changes;
    this.processes = processes;
  }

  static LongStream seeds() {
    return LongStream.range(1, Boolean.getBoolean("sutazai-test.long") ? 40 : 4);
  }

  private final class Node {
    final Notifications signals = processes.listener();
    final Changes changes = new Changes(database, signals);
    final Tier tier;
    final Region<String> region =
        new Region<>(
            Kind.ROWS,
            new RegionSettings("history", Duration.ofMinutes(10), 20_000, Stale.NEVER, Waiting.NOT),
            new Texts(1),
            changes,
            () -> new Tiers(Optional.of(tier()), Optional.empty()),
            InstantSource.system());

    Node(SharedPlace place) {
      tier = place.tier();
    }

    Node start() {
      changes.start(new StartupEvent());
      await().atMost(FOREVER).until(changes::heard);
      return this;
    }

    private Tier tier() {
      return tier;
    }

    Loader<String> loader(Row row) {
      return () ->
          database.query(READ, row.id, row.owner).stream()
              .findFirst()
              .map(
                  found ->
                      new Loaded<>(
                          found.getUUID("owner_id") + " " + found.getLong("version"),
                          Set.of(Tags.agent(row.id), Tags.EACH_AGENT)))
              .orElse(null);
    }

    CacheKey key(Row row) {
      return new CacheKey(row.owner, row.name);
    }

    void write(Row row) {
      long version = database.query(WRITE, row.id).getFirst().getLong("version");
      changes.changed(Tags.agent(row.id), Tags.AGENTS);
      row.written(version, this);
    }
  }

  /**
   * A row, and when each of its versions was known to be committed. Rows of two owners share names.
   */
  private static final class Row {
    final UUID id = UUID.randomUUID();
    final UUID owner;
    final String name;
    final Map<Node, AtomicLong> newestBy = new ConcurrentHashMap<>();
    final AtomicLong newest = new AtomicLong(1);
    final ConcurrentSkipListMap<Long, Long> committedAt = new ConcurrentSkipListMap<>();

    Row(UUID owner, String name) {
      this.owner = owner;
      this.name = name;
    }

    void written(long version, Node by) {
      committedAt.put(version, System.nanoTime());
      newestBy.computeIfAbsent(by, node -> new AtomicLong(1)).accumulateAndGet(version, Math::max);
      newest.accumulateAndGet(version, Math::max);
    }

    long newestBy(Node node) {
      AtomicLong version = newestBy.get(node);
      return version == null ? 1 : version.get();
    }
  }

  private void start(SharedPlace place) {
    shared = place;
    nodes.add(new Node(place).start());
    nodes.add(new Node(place).start());
    for (int i = 0; i < ROWS; i++) {
      Row row = new Row(OWNERS[i % 2], "row-" + i / 2);
      database.update(MAKE, row.id, row.owner);
      rows.add(row);
    }
  }

  @AfterEach
  void stop() throws Exception {
    shared.close();
    nodes.forEach(node -> processes.stop(node.signals));
    database.update(REMOVE);
    await().atMost(FOREVER).until(changesOfTheApplication::heard); // it was cut off, too
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothing_older_is_read_than_may_be(long seed) throws Exception {
    start(new SharedPlace.Scripted());
    readAndWrite(seed);
  }

  @Test
  void nothing_older_is_read_with_a_redis_that_stops_ends_fills_up_and_is_spoilt(
      @TempDir Path folder) throws Exception {
    start(new SharedPlace.Redis(folder));
    readAndWrite(1);
  }

  private void readAndWrite(long seed) throws Exception {
    // Given
    var latest = new AtomicLong();
    var reads = new AtomicLong();

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> callers =
          IntStream.range(0, CALLERS)
              .<Future<?>>mapToObj(
                  i -> threads.submit(() -> call(random(seed * 100 + i), reads, latest)))
              .toList();
      Future<?> faults = threads.submit(() -> fail(random(seed), callers));
      for (Future<?> caller : callers) {
        caller.get();
      }
      faults.get();
    }

    // Then: once all is heard, all read the newest
    for (Node node : nodes) {
      await().atMost(FOREVER).until(node.changes::heard);
      for (Row row : rows) {
        await()
            .atMost(FOREVER)
            .until(
                () ->
                    version(row, node.region.get(node.key(row), node.loader(row)))
                        == row.newest.get());
      }
    }
    RegionCounts counts = nodes.getFirst().region.counts();
    assertThat(counts.allHits()).isPositive();
    System.out.printf(
        "history %d: %d reads, %d hits at the first process, %d outdated, %d unreadable; latest change heard after %.1f ms%n",
        seed,
        reads.get(),
        counts.allHits(),
        counts.outdated.sum(),
        counts.unreadable.sum(),
        latest.get() / 1e6);
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private Void call(RandomGenerator random, AtomicLong reads, AtomicLong latest)
      throws InterruptedException {
    for (int i = 0; i < STEPS; i++) {
      Node node = nodes.get(random.nextInt(nodes.size()));
      Row row = rows.get(random.nextInt(rows.size()));
      int what = random.nextInt(100);
      if (what < 10) {
        node.write(row);
      } else {
        read(node, row, what < 15, latest);
        reads.incrementAndGet();
      }
    }
    return null;
  }

  private void read(Node node, Row row, boolean now, AtomicLong latest)
      throws InterruptedException {
    long start = System.nanoTime();
    long writtenHere = row.newestBy(node);
    long writtenAnywhere = row.newest.get();
    long version =
        version(
            row,
            now
                ? node.region.reload(node.key(row), node.loader(row))
                : node.region.get(node.key(row), node.loader(row)));
    assertThat(version).as("written here before").isGreaterThanOrEqualTo(writtenHere);
    if (now) {
      assertThat(version).as("written anywhere before").isGreaterThanOrEqualTo(writtenAnywhere);
    }
    if (version < writtenAnywhere) {
      Map.Entry<Long, Long> missed = row.committedAt.higherEntry(version);
      long age = start - missed.getValue();
      assertThat(Duration.ofNanos(age)).as("an old version").isLessThan(FOREVER);
      latest.accumulateAndGet(age, Math::max);
    }
  }

  private static long version(Row row, Optional<Cached<String>> found) {
    String[] words = found.orElseThrow().value().split(" ");
    assertThat(words[0]).as("owner").isEqualTo(row.owner.toString());
    return Long.parseLong(words[1]);
  }

  /** The tier goes away, comes back, and answers what it should not; signals are cut off. */
  private Void fail(RandomGenerator random, List<Future<?>> callers) throws Exception {
    while (callers.stream().anyMatch(caller -> !caller.isDone())) {
      switch (random.nextInt(60)) {
        case 0 -> database.query(CUT);
        case 1, 2, 3, 4, 5, 6 -> shared.away(random);
        case 7, 8, 9, 10, 11, 12 -> shared.garble(random);
        default -> shared.well();
      }
      Thread.sleep(random.nextInt(1, 20));
    }
    shared.well();
    return null;
  }
}
