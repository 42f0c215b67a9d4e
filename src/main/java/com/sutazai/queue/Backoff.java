package com.sutazai.queue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before another try: exponential, with full jitter on its upper half, so that
 * failures of one moment do not come back together.
 */
public final class Backoff {
  private static final int MOST_DOUBLINGS = 40;

  private Backoff() {}

  /**
   * Between half and all of the first pause, doubled so often, the longest at most.
   *
   * @param doublings 0 for the first pause
   */
  public static Duration pause(Duration first, int doublings, Duration longest) {
    long base = first.toMillis() << Math.min(doublings, MOST_DOUBLINGS);
    long capped = Math.clamp(base, 0, longest.toMillis());
    return Duration.ofMillis(capped / 2 + ThreadLocalRandom.current().nextLong(capped / 2 + 1));
  }
}
