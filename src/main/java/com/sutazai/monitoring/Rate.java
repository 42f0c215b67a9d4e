package com.sutazai.monitoring;

import java.util.function.LongSupplier;

/**
 * Events per second over a sliding window of 10 to 20 seconds. It moves when it is asked for, which
 * {@link MetricsHistory} does every ten seconds.
 */
final class Rate {
  private static final long WINDOW = 10_000_000_000L;

  private final LongSupplier count;
  private long olderTime = System.nanoTime();
  private long olderCount;
  private long newerTime = olderTime;
  private long newerCount;

  Rate(LongSupplier count) {
    this.count = count;
  }

  /** NaN until anything could be measured. */
  synchronized double perSecond() {
    long now = System.nanoTime();
    long total = count.getAsLong();
    if (now - newerTime >= WINDOW) {
      olderTime = newerTime;
      olderCount = newerCount;
      newerTime = now;
      newerCount = total;
    }
    double seconds = (now - olderTime) / 1e9;
    return seconds <= 0 ? Double.NaN : (total - olderCount) / seconds;
  }
}
