package com.sutazai.queue;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When claims are to be renewed: so long after the last time that it succeeded, however often it
 * has failed since. Not safe for several threads.
 */
final class Heartbeat {
  private final Duration interval;
  private final LongSupplier nanos;
  private long renewedAt;

  Heartbeat(Duration interval, LongSupplier nanos) {
    this.interval = interval;
    this.nanos = nanos;
    renewedAt = nanos.getAsLong();
  }

  /** What renews claims; throws what kept it from that. */
  interface Renewal {
    void run() throws InterruptedException;
  }

  /** Renews; counts from when it began to. */
  void beat(Renewal renewal) throws InterruptedException {
    long began = nanos.getAsLong();
    renewal.run();
    renewedAt = began;
  }

  /** How long until the next one is due; zero when it is late. */
  Duration untilNext() {
    Duration left = interval.minusNanos(nanos.getAsLong() - renewedAt);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
