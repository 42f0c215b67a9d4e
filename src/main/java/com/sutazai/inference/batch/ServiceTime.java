package com.sutazai.inference.batch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How long a request occupies a slot: a moving average of those that were served. */
final class ServiceTime {
  /** Weight of the newest one. */
  private static final double NEWEST = 0.1;

  private final AtomicLong averageNanos = new AtomicLong();

  void add(long nanos) {
    averageNanos.updateAndGet(
        average -> average == 0 ? nanos : (long) (average + NEWEST * (nanos - average)));
  }

  /** How long {@code slots} slots take for so many requests; zero before the first was served. */
  Duration of(int requests, int slots) {
    return Duration.ofNanos(averageNanos.get() * requests / Math.max(1, slots));
  }
}
