package com.sutazai.agents;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How an agent's runs went in the last five minutes, counted in steps of ten seconds. */
final class RecentRuns {
  /** How far it looks back. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  private static final long STEP_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int STEPS = (int) (WINDOW.toNanos() / STEP_NANOS);

  private final LongSupplier nanoTime;
  private final long[] steps = new long[STEPS];
  private final long[] runs = new long[STEPS];
  private final long[] failures = new long[STEPS];
  private final long[] nanos = new long[STEPS];

  /**
   * @param nanoTime a clock that only goes forward
   */
  RecentRuns(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * What was counted.
   *
   * @param runs number of tries that ended
   * @param successRate share of them that completed; null when there were none
   * @param meanMs mean time of one; null when there were none
   */
  record Summary(long runs, @Nullable Double successRate, @Nullable Double meanMs) {}

  synchronized void add(Duration ran, boolean completed) {
    long step = nanoTime.getAsLong() / STEP_NANOS;
    int at = (int) Math.floorMod(step, (long) STEPS);
    if (steps[at] != step) {
      steps[at] = step;
      runs[at] = 0;
      failures[at] = 0;
      nanos[at] = 0;
    }
    runs[at]++;
    failures[at] += completed ? 0 : 1;
    nanos[at] += ran.toNanos();
  }

  synchronized Summary summary() {
    long oldest = nanoTime.getAsLong() / STEP_NANOS - STEPS + 1;
    long allRuns = 0;
    long allFailures = 0;
    double allNanos = 0;
    for (int i = 0; i < STEPS; i++) {
      if (steps[i] >= oldest) {
        allRuns += runs[i];
        allFailures += failures[i];
        allNanos += nanos[i];
      }
    }
    return allRuns == 0
        ? new Summary(0, null, null)
        : new Summary(allRuns, 1 - (double) allFailures / allRuns, allNanos / allRuns / 1_000_000);
  }
}
