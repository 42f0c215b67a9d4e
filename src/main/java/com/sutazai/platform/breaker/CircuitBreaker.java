package com.sutazai.platform.breaker;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps callers from waiting for a server that is down.
 *
 * <p>Closed, it counts outcomes in a ring of one-second buckets; it opens after so many failures in
 * a row, or when at least half of enough calls in the window failed. Open, it refuses until a pause
 * is over, then lets one call through as a probe: a success closes it, a failure opens it again for
 * twice the pause. The pattern is M. Nygard's (Release It!, 2007); the doubling pause is ours.
 */
public final class CircuitBreaker {
  /**
   * When it opens, and for how long.
   *
   * @param failures consecutive failures that open it
   * @param minCalls calls within the window from which on a half of failures opens it
   * @param window in which calls are counted, in whole seconds, at least one
   * @param pause first pause until a probe; doubles with each failed probe
   * @param maxPause longest pause until a probe
   */
  public record Limits(
      int failures, int minCalls, Duration window, Duration pause, Duration maxPause) {}

  /** What the metric shows. */
  public enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  private final Limits limits;
  private final LongSupplier nanoTime;
  private final int[] calls;
  private final int[] failures;
  private long bucket;

  private State state = State.CLOSED;
  private int inARow;
  private long pause;
  private long probeAt;
  private int generation;

  public CircuitBreaker(Limits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    int seconds = (int) Math.max(1, limits.window().toSeconds());
    calls = new int[seconds];
    failures = new int[seconds];
    bucket = second();
  }

  /** Leave to make one call; its outcome is reported once. */
  public final class Permit {
    private final int of;

    private Permit(int generation) {
      this.of = generation;
    }

    public void succeeded() {
      report(of, true);
    }

    public void failed() {
      report(of, false);
    }

    /** The call was given up for reasons that say nothing about the server. */
    public void abandoned() {
      forget(of);
    }
  }

  /** Whether {@link #tryAcquire} would give a permit now. */
  public synchronized boolean allows() {
    return state == State.CLOSED || state == State.OPEN && nanoTime.getAsLong() - probeAt >= 0;
  }

  /** A permit, or empty while calls are refused: then {@link #wait} says how long. */
  public synchronized Optional<Permit> tryAcquire() {
    switch (state) {
      case CLOSED -> {
        return Optional.of(new Permit(generation));
      }
      case HALF_OPEN -> {
        return Optional.empty();
      }
      case OPEN -> {
        if (nanoTime.getAsLong() - probeAt < 0) {
          return Optional.empty();
        }
        state = State.HALF_OPEN;
        return Optional.of(new Permit(++generation));
      }
    }
    throw new IllegalStateException(state.name());
  }

  /** Time until a call may be let through; at least a second while a probe is under way. */
  public synchronized Duration untilProbe() {
    long left = state == State.OPEN ? probeAt - nanoTime.getAsLong() : 0;
    return Duration.ofNanos(Math.max(left, Duration.ofSeconds(1).toNanos()));
  }

  public synchronized State state() {
    return state;
  }

  /** Shows its state under the name as {@code circuit_breaker_state}. */
  public void show(String name, MeterRegistry registry) {
    Gauge.builder(MetricNames.CIRCUIT_BREAKER_STATE, () -> state().ordinal())
        .tag("name", name)
        .description("0 closed, 1 open, 2 half open: one probe is under way")
        .register(registry);
  }

  private synchronized void report(int of, boolean success) {
    if (of != generation) {
      return; // a call from before the last change: its outcome was already drawn
    }
    if (state == State.HALF_OPEN) {
      if (success) {
        close();
      } else {
        open(Math.min(pause * 2, limits.maxPause().toNanos()));
      }
      return;
    }
    turn();
    int at = (int) (bucket % calls.length);
    calls[at]++;
    if (success) {
      inARow = 0;
      return;
    }
    failures[at]++;
    inARow++;
    if (inARow >= limits.failures() || halfFailed()) {
      open(limits.pause().toNanos());
    }
  }

  private synchronized void forget(int of) {
    if (of == generation && state == State.HALF_OPEN) {
      state = State.OPEN; // the next caller probes instead
    }
  }

  private boolean halfFailed() {
    int total = java.util.stream.IntStream.of(calls).sum();
    return total >= limits.minCalls() && 2 * java.util.stream.IntStream.of(failures).sum() >= total;
  }

  private void open(long newPause) {
    state = State.OPEN;
    pause = newPause;
    probeAt = nanoTime.getAsLong() + newPause;
    generation++;
  }

  private void close() {
    state = State.CLOSED;
    inARow = 0;
    generation++;
    java.util.Arrays.fill(calls, 0);
    java.util.Arrays.fill(failures, 0);
  }

  /** Empties the buckets of the seconds that passed since the last outcome. */
  private void turn() {
    long now = second();
    long passed = Math.min(now - bucket, calls.length);
    for (long i = 0; i < passed; i++) {
      int at = (int) ((now - i) % calls.length);
      calls[at] = 0;
      failures[at] = 0;
    }
    bucket = now;
  }

  private long second() {
    return Math.floorDiv(nanoTime.getAsLong(), 1_000_000_000L) & Long.MAX_VALUE;
  }
}
