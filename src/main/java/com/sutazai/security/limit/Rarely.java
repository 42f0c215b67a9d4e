package com.sutazai.security.limit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets what may happen to every connection be told once in a while. */
final class Rarely {
  private static final long PAUSE = Duration.ofSeconds(10).toNanos();

  private final AtomicLong last = new AtomicLong(System.nanoTime() - PAUSE);

  boolean isDue() {
    long now = System.nanoTime();
    long before = last.get();
    return now - before >= PAUSE && last.compareAndSet(before, now);
  }
}
