package com.sutazai.queue;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs wait, by type and owner: counted in the database each second, less often when there
 * are so many that counting takes long, and kept up to date in between with what this process adds
 * and claims, so that asking costs nothing.
 */
@ApplicationScoped
public class QueueDepth {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** A count is paid for by this many times its own duration without one, up to the longest. */
  private static final int REST = 50;

  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

  /** What was counted longer ago than this is not known any more: the database does not answer. */
  private static final Duration STALE = Duration.ofSeconds(10);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private static final Statement COUNT =
      Statement.of(
          "jobs.count",
          """
      SELECT type, owner_id, count(*) AS waiting
      FROM jobs
      WHERE lease IS NULL AND visible_at <= now()
      GROUP BY type, owner_id
      """);

  private final Database database;
  private final JobStatistics statistics;
  private final Map<Kind, LongAdder> changed = new ConcurrentHashMap<>();
  private final ClaimRates claims = new ClaimRates(1.0 / LONGEST_WAIT.toSeconds());
  private volatile @Nullable Map<Kind, Long> counted;
  private volatile long countedAt;
  private Duration interval = INTERVAL;
  private @Nullable Loop loop;

  QueueDepth(Database database, JobStatistics statistics) {
    this.database = database;
    this.statistics = statistics;
  }

  private record Kind(String type, UUID owner) {}

  /** Jobs that wait, all of them; empty when the database could not be asked. */
  public OptionalLong total() {
    return sum(kind -> true);
  }

  /** Jobs of the type that wait. */
  public OptionalLong ofType(String type) {
    return sum(kind -> kind.type().equals(type));
  }

  /** Jobs of the owner that wait. */
  public OptionalLong ofOwner(UUID owner) {
    return sum(kind -> kind.owner().equals(owner));
  }

  /** Jobs of the type that wait and are not the owner's; 0 when the database could not be asked. */
  long ofOthers(String type, UUID owner) {
    return sum(kind -> kind.type().equals(type) && !kind.owner().equals(owner)).orElse(0);
  }

  private OptionalLong sum(Predicate<Kind> which) {
    Map<Kind, Long> base = counted;
    if (base == null || System.nanoTime() - countedAt > STALE.toNanos()) {
      return OptionalLong.empty();
    }
    long sum = 0;
    for (var entry : base.entrySet()) {
      sum += which.test(entry.getKey()) ? entry.getValue() : 0;
    }
    for (var entry : changed.entrySet()) {
      sum += which.test(entry.getKey()) ? entry.getValue().sum() : 0;
    }
    return OptionalLong.of(Math.max(0, sum));
  }

  /** Says that jobs were committed and wait. */
  public void added(String type, UUID owner, int jobs) {
    changed.computeIfAbsent(new Kind(type, owner), kind -> new LongAdder()).add(jobs);
  }

  void claimed(String type, UUID owner) {
    changed.computeIfAbsent(new Kind(type, owner), kind -> new LongAdder()).decrement();
    begun(type);
  }

  /** Says that a job of the type was taken in hand. */
  void begun(String type) {
    claims.begun(type);
  }

  /**
   * How long until fewer than {@code limit} jobs of the type wait, at the rate at which this
   * process claims them; the longest wait when it claims none.
   */
  public Duration untilRoom(String type, long limit) {
    long excess = Math.max(1, ofType(type).orElse(0) - limit + 1);
    double rate = claims.of(type);
    double seconds = rate <= 0 ? Double.MAX_VALUE : excess / rate;
    return Duration.ofMillis((long) Math.min(seconds * 1000, LONGEST_WAIT.toMillis()));
  }

  void start(@Observes @Priority(900) StartupEvent event) {
    refresh();
    loop = Loop.start("queue-depth", this::next);
  }

  void stop(@Observes ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  private void next() throws InterruptedException {
    long start = System.nanoTime();
    Thread.sleep(interval);
    claims.measure((System.nanoTime() - start) / 1e9);
    refresh();
  }

  /** What changes while the database counts may be counted twice, until the next count. */
  private void refresh() {
    long start = System.nanoTime();
    try {
      changed.clear();
      Map<Kind, Long> fresh = new HashMap<>();
      for (var row : database.query(COUNT)) {
        fresh.put(new Kind(row.getString("type"), row.getUUID("owner_id")), row.getLong("waiting"));
      }
      countedAt = System.nanoTime();
      counted = Map.copyOf(fresh);
      interval = intervalAfter(Duration.ofNanos(countedAt - start));
      statistics.counted(fresh.values().stream().mapToLong(Long::longValue).sum());
    } catch (ProblemException unavailable) {
      counted = null;
    }
  }

  private static Duration intervalAfter(Duration count) {
    return Duration.ofMillis(
        Math.clamp(
            count.multipliedBy(REST).toMillis(), INTERVAL.toMillis(), LONGEST_INTERVAL.toMillis()));
  }
}
