package com.sutazai.platform.loop;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes the one thread that waits at it. However often it is rung before that thread looks again,
 * it wakes it once; a ring while nobody waits is kept. Safe for use by any number of ringers.
 */
public final class Bell {
  private final Semaphore rings = new Semaphore(0);

  public void ring() {
    if (rings.availablePermits() == 0) {
      rings.release();
    }
  }

  /** Waits for a ring. */
  public void await() throws InterruptedException {
    rings.acquire();
    rings.drainPermits();
  }

  /**
   * Waits for a ring, at most so long.
   *
   * @return whether it was rung
   */
  public boolean await(Duration most) throws InterruptedException {
    boolean rung = rings.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS);
    if (rung) {
      rings.drainPermits();
    }
    return rung;
  }

  /** Waits for a ring, and then for more of them during {@code together}: they count as one. */
  public void awaitGroup(Duration together) throws InterruptedException {
    await();
    gather(together);
  }

  /**
   * Waits for a ring, at most so long, and where there is one for more of them during {@code
   * together}.
   *
   * @return whether it was rung
   */
  public boolean await(Duration most, Duration together) throws InterruptedException {
    boolean rung = await(most);
    if (rung) {
      gather(together);
    }
    return rung;
  }

  private void gather(Duration together) throws InterruptedException {
    Thread.sleep(together);
    rings.drainPermits();
  }
}
