package com.sutazai.agents;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Puts the agents that could take a task in the order in which they are asked. */
final class Selection {
  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration REMEMBERED = Duration.ofHours(1);
  private static final double FAST_MS = 60_000;

  private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();
  private final Cache<UUID, UUID> failedAt =
      Caffeine.newBuilder()
          .maximumSize(MOST_REMEMBERED)
          .expireAfterWrite(REMEMBERED)
          .executor(Runnable::run)
          .build();
  private volatile Strategy strategy = Strategy.LEAST_LOADED;

  Strategy strategy() {
    return strategy;
  }

  void use(Strategy wanted) {
    strategy = wanted;
  }

  /** Remembers that the task failed there, so that its next try begins elsewhere. */
  void failed(UUID task, UUID agent) {
    failedAt.put(task, agent);
  }

  /**
   * The candidates in the order in which they are asked. The one where the task failed before comes
   * last.
   *
   * @param task null for one that was not tried yet
   */
  <C extends Candidate> List<C> order(List<C> able, String taskType, @Nullable UUID task) {
    if (able.size() < 2) {
      return able;
    }
    List<C> ordered = new ArrayList<>(able);
    ordered.sort(Comparator.comparing(Candidate::id));
    if (strategy == Strategy.ROUND_ROBIN) {
      int turn = turns.computeIfAbsent(taskType, type -> new AtomicInteger()).getAndIncrement();
      Collections.rotate(ordered, -Math.floorMod(turn, ordered.size()));
    } else {
      ordered.sort(order());
    }
    UUID failed = task == null ? null : failedAt.getIfPresent(task);
    if (failed != null) {
      ordered.sort(Comparator.comparing(candidate -> candidate.id().equals(failed)));
    }
    return ordered;
  }

  private Comparator<Candidate> order() {
    Comparator<Candidate> leastLoaded = Comparator.comparingDouble(Candidate::load);
    return switch (strategy) {
      case LEAST_LOADED, ROUND_ROBIN -> leastLoaded;
      case CAPABILITY_MATCH ->
          Comparator.comparingInt(Candidate::breadth).thenComparing(leastLoaded);
      case PRIORITY -> Comparator.comparingInt(Candidate::priority).thenComparing(leastLoaded);
      case SCORE -> Comparator.comparingDouble(Selection::score).reversed();
    };
  }

  /** 0 to 1; an agent without runs is taken for one that succeeds fast, so that it gets some. */
  static double score(Candidate candidate) {
    RecentRuns.Summary recent = candidate.recent();
    double success = recent.successRate() == null ? 1 : recent.successRate();
    double speed = recent.meanMs() == null ? 1 : 1 / Math.max(1, recent.meanMs() / FAST_MS);
    return 0.4 * Math.max(0, 1 - candidate.load()) + 0.4 * success + 0.2 * speed;
  }
}
