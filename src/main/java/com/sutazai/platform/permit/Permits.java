package com.sutazai.platform.permit;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A bound on what goes on at once that can be moved meanwhile, and that counts who had to wait at
 * it. When it is lowered, nothing that goes on is ended: there is room again once enough of it has.
 */
public final class Permits {
  private final Resizable free;
  private final LongAdder asked = new LongAdder();
  private final LongAdder waited = new LongAdder();
  private volatile int limit;

  /**
   * @param limit how many there are; 0 or more
   */
  public Permits(int limit) {
    this.limit = limit;
    free = new Resizable(limit);
  }

  private static final class Resizable extends Semaphore {
    private static final long serialVersionUID = 1;

    Resizable(int permits) {
      super(permits);
    }

    void reduce(int by) {
      reducePermits(by);
    }
  }

  /**
   * Who asked for a permit since the start.
   *
   * @param asked all of them
   * @param waited those that found none free
   */
  public record Counts(long asked, long waited) {}

  /** Takes one if it is free. */
  public boolean tryAcquire() {
    boolean got = free.tryAcquire();
    count(got);
    return got;
  }

  /** Takes one, and waits for it no longer than that; false when there was none. */
  public boolean tryAcquire(Duration patience) throws InterruptedException {
    return tryAcquire() || free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits for one and takes it. */
  public void acquire() throws InterruptedException {
    if (!tryAcquire()) {
      free.acquire();
    }
  }

  /** Waits for one and takes it; an interrupt stays for what follows. */
  public void acquireUninterruptibly() {
    if (!tryAcquire()) {
      free.acquireUninterruptibly();
    }
  }

  private void count(boolean got) {
    asked.increment();
    if (!got) {
      waited.increment();
    }
  }

  /** Takes one at once, also one that is not free: the next that is given back is not, then. */
  public void overdraw() {
    free.reduce(1);
  }

  /** Gives back as many as were taken. */
  public void release(int permits) {
    free.release(permits);
  }

  public int limit() {
    return limit;
  }

  /** From now on there are so many. */
  public synchronized void resize(int newLimit) {
    if (newLimit < 0) {
      throw new IllegalArgumentException("A limit below 0: " + newLimit);
    }
    int more = newLimit - limit;
    limit = newLimit;
    if (more > 0) {
      free.release(more);
    } else {
      free.reduce(-more);
    }
  }

  public Counts counts() {
    return new Counts(asked.sum(), waited.sum());
  }
}
