package com.sutazai.agents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Since when the database was reached again and again without a gap. While it was not, or this
 * process stood still, nobody could be heard, and whoever was silent then need not be gone.
 */
final class Reach {
  private final long enough;
  private final long gap;
  private @Nullable Long since;
  private long last;

  /**
   * @param enough how long it has to be reached before silence tells something
   * @param gap longest time between two looks that tells nothing
   */
  Reach(Duration enough, Duration gap) {
    this.enough = enough.toNanos();
    this.gap = gap.toNanos();
  }

  /** Whether it was reached for long enough, up to this moment. */
  boolean isLong(long nanoTime) {
    return since != null && nanoTime - last <= gap && nanoTime - since >= enough;
  }

  /** It was reached at this moment. */
  void reached(long nanoTime) {
    if (since == null || nanoTime - last > gap) {
      since = nanoTime;
    }
    last = nanoTime;
  }

  /** It was not. */
  void lost() {
    since = null;
  }
}
