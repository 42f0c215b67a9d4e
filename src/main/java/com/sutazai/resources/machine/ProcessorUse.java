package com.sutazai.resources.machine;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/** What this process uses of the processors, from the moment that it is made. */
public final class ProcessorUse {
  private final long begun = System.nanoTime();
  private final Optional<Duration> before = time();

  /** Processors on average since then; empty where the system does not tell. */
  public OptionalDouble processors() {
    Optional<Duration> now = time();
    long nanos = System.nanoTime() - begun;
    return before.isPresent() && now.isPresent() && nanos > 0
        ? OptionalDouble.of((double) now.get().minus(before.get()).toNanos() / nanos)
        : OptionalDouble.empty();
  }

  private static Optional<Duration> time() {
    return ProcessHandle.current().info().totalCpuDuration();
  }
}
