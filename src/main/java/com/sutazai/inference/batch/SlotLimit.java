package com.sutazai.inference.batch;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How many requests a server is given at once when it does not say so: found by trying. While the
 * server is full and more wait, tokens per second are measured; one more request at once (at first
 * twice as many) is kept only when that raised them by a twentieth. A failed try is repeated after
 * half a minute, then ever more rarely, because the load changes. A server that says that it has
 * too much to do gets half. Additive increase and multiplicative decrease after D. Chiu, R. Jain
 * (1989), with the gain in throughput as the signal instead of loss.
 */
final class SlotLimit {
  /** One is enough for a server that works on one: the second waits there, not on the way. */
  static final int FIRST = 2;

  private static final double GAIN = 1.05;
  private static final long EPOCH = Duration.ofSeconds(1).toNanos();
  private static final int FEWEST_TOKENS = 16;
  private static final long FIRST_REST = Duration.ofSeconds(30).toNanos();
  private static final long LONGEST_REST = Duration.ofMinutes(10).toNanos();

  private final int max;
  private final LongSupplier nanoTime;
  private final LongAdder tokens = new LongAdder();

  private volatile int limit;
  private boolean measuring;
  private long since;
  private double best;
  private int bestLimit;
  private int step;
  private long rest = FIRST_REST;
  private long restUntil;

  SlotLimit(int max, LongSupplier nanoTime) {
    this.max = max;
    this.nanoTime = nanoTime;
    limit = Math.min(FIRST, max);
    step = limit;
    restUntil = nanoTime.getAsLong();
  }

  int limit() {
    return limit;
  }

  /** Says that a token came; from any thread. */
  void token() {
    tokens.increment();
  }

  /**
   * Says whether all slots are taken and more requests wait, after each change of that and each
   * answer. One thread at a time.
   */
  void full(boolean full) {
    if (!full) {
      measuring = false;
      return;
    }
    long now = nanoTime.getAsLong();
    if (!measuring) {
      if (now - restUntil >= 0) {
        begin(now);
      }
      return;
    }
    if (now - since >= EPOCH && tokens.sum() >= FEWEST_TOKENS) {
      judge(tokens.sum() * 1e9 / (now - since), now);
    }
  }

  private void begin(long now) {
    measuring = true;
    since = now;
    tokens.reset();
  }

  private void judge(double rate, long now) {
    if (bestLimit == 0 || limit == bestLimit) {
      best = rate;
      bestLimit = limit;
      tryMore(now);
    } else if (rate >= best * GAIN) {
      best = rate;
      bestLimit = limit;
      rest = FIRST_REST;
      tryMore(now);
    } else {
      limit = bestLimit;
      step = 1;
      pause(now);
    }
  }

  private void tryMore(long now) {
    if (limit == max) {
      pause(now);
      return;
    }
    limit = Math.min(max, limit + step);
    step = step > 1 ? step * 2 : 1;
    begin(now);
  }

  private void pause(long now) {
    measuring = false;
    restUntil = now + rest;
    rest = Math.min(LONGEST_REST, rest * 2);
  }

  /** Says that the server has too much to do. One thread at a time. */
  void overloaded() {
    limit = Math.max(1, limit / 2);
    bestLimit = 0;
    step = 1;
    pause(nanoTime.getAsLong());
  }
}
