package com.sutazai.testing;

import java.time.Duration;
import java.time.InstantSource;

/** What is counted by the day begins anew at midnight (UTC). */
public final class Midnight {
  private static final Duration DAY = Duration.ofDays(1);

  private Midnight() {}

  /**
   * Lets midnight pass first when it is nearer than that, so that a test of a day's counts sees one
   * day only.
   */
  public static void keepAway(Duration needed) throws InterruptedException {
    Duration left = left(InstantSource.system());
    if (left.compareTo(needed) < 0) {
      Thread.sleep(left);
    }
  }

  static Duration left(InstantSource clock) {
    return DAY.minusMillis(clock.millis() % DAY.toMillis());
  }
}
