package com.sutazai.inference;

/**
 * A token bucket: each request that could be hedged adds its share, each hedge takes a whole one.
 * So a fleet that is slow altogether is not asked for twice as much. It begins with one, and holds
 * ten at most.
 */
final class HedgeBudget {
  private static final long WHOLE = 1_000_000;
  private static final long MOST = 10 * WHOLE;

  private final long share;
  private long left = WHOLE;

  HedgeBudget(double share) {
    this.share = Math.round(share * WHOLE);
  }

  /** Says that a request came. */
  synchronized void came() {
    left = Math.min(MOST, left + share);
  }

  /** Whether there may be one more hedge, which is then counted. */
  synchronized boolean take() {
    if (left < WHOLE) {
      return false;
    }
    left -= WHOLE;
    return true;
  }

  /** There was no hedge after all. */
  synchronized void giveBack() {
    left = Math.min(MOST, left + WHOLE);
  }
}
