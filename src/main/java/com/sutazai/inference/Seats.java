package com.sutazai.inference;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds how many requests are at the model server at once, and how many wait for that, in order.
 */
final class Seats {
  /** Weight of the newest service time in the moving average. */
  private static final double NEWEST = 0.1;

  private final int seats;
  private final int maxWaiting;
  private final Semaphore free;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong averageNanos = new AtomicLong();

  Seats(int seats, int maxWaiting) {
    this.seats = seats;
    this.maxWaiting = maxWaiting;
    free = new Semaphore(seats, true);
  }

  void take() throws InterruptedException {
    if (free.tryAcquire()) {
      return;
    }
    if (waiting.incrementAndGet() > maxWaiting) {
      waiting.decrementAndGet();
      throw new ProblemException(
              ErrorCode.MODEL_BUSY,
              maxWaiting + " requests wait for the model already (sutazai.inference.max-waiting).")
          .retryAfter(untilFree());
    }
    try {
      free.acquire();
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Gives the place to the next; a service time of 0 was none and is not averaged. */
  void leave(long servedNanos) {
    if (servedNanos > 0) {
      average(servedNanos);
    }
    free.release();
  }

  private void average(long servedNanos) {
    averageNanos.updateAndGet(
        average ->
            average == 0 ? servedNanos : (long) (average + NEWEST * (servedNanos - average)));
  }

  int waiting() {
    return waiting.get();
  }

  /** How long it takes to serve those that wait now, by the measured service time. */
  private Duration untilFree() {
    return Duration.ofNanos(averageNanos.get() * maxWaiting / seats);
  }
}
