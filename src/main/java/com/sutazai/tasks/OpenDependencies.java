package com.sutazai.tasks;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * How much tasks wait for: entries of {@code depends_on} that are not met, by owner. {@link Upkeep}
 * has them counted, a second apart at least; in between this process adds its own.
 */
@ApplicationScoped
class OpenDependencies {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** Weight of the newest count in the moving average of what is met. */
  private static final double NEWEST = 0.1;

  private static final Statement COUNT =
      Statement.of(
          "task_dependencies.count",
          """
      SELECT jobs.owner_id, count(*) AS open
      FROM task_dependencies
      JOIN jobs ON jobs.task_id = task_dependencies.task_id
      GROUP BY jobs.owner_id
      """);

  private final TasksConfig config;
  private final Map<UUID, Long> open = new ConcurrentHashMap<>();
  private double metPerSecond;
  private long countedAt = System.nanoTime() - INTERVAL.toNanos();

  OpenDependencies(TasksConfig config) {
    this.config = config;
  }

  /** Counts them anew if the last count is old enough. */
  void count(Sql sql) {
    if (System.nanoTime() - countedAt >= INTERVAL.toNanos()) {
      counted(
          sql.query(COUNT).stream()
              .collect(
                  Collectors.toMap(row -> row.getUUID("owner_id"), row -> row.getLong("open"))));
    }
  }

  /** What is added while the database counts may be counted twice, or not, until the next count. */
  synchronized void counted(Map<UUID, Long> fresh) {
    long now = System.nanoTime();
    double seconds = Math.max(1e-3, (now - countedAt) / 1e9);
    double met = Math.max(0, total() - fresh.values().stream().mapToLong(n -> n).sum());
    metPerSecond += NEWEST * (met / seconds - metPerSecond);
    countedAt = now;
    open.clear();
    open.putAll(fresh);
  }

  private long total() {
    return open.values().stream().mapToLong(n -> n).sum();
  }

  /** Says that so many were committed. */
  synchronized void added(UUID owner, int more) {
    if (more > 0) {
      open.merge(owner, (long) more, Long::sum);
    }
  }

  /** Refuses so many more past the bound of the owner or of all. */
  void requireRoom(UUID owner, int more) {
    if (more == 0) {
      return;
    }
    long ofOwner = open.getOrDefault(owner, 0L) + more - config.maxDependenciesPerOwner();
    if (ofOwner > 0) {
      throw full("sutazai.tasks.max-dependencies-per-owner", ofOwner);
    }
    long ofAll = total() + more - config.maxDependencies();
    if (ofAll > 0) {
      throw full("sutazai.tasks.max-dependencies", ofAll);
    }
  }

  private synchronized ProblemException full(String key, long excess) {
    double seconds = metPerSecond <= 0 ? Double.MAX_VALUE : excess / metPerSecond;
    return new ProblemException(
            ErrorCode.QUEUE_FULL,
            "Tasks wait for too many others (" + key + "); try again when some of them have ended.")
        .retryAfter(Duration.ofMillis((long) Math.min(seconds * 1000, LONGEST_WAIT.toMillis())));
  }
}
