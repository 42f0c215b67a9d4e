package com.sutazai.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets the claims of one worker go one after the other in this process, before they take a
 * connection: however many ask in its name, they hold one.
 */
final class WorkerTurns {
  private final Map<UUID, Line> lines = new HashMap<>();

  private static final class Line {
    private final Semaphore turn = new Semaphore(1, true);
    private int members;
  }

  /** What it answers in its turn; empty when the turn did not come in time or on an interrupt. */
  <T> Optional<T> take(UUID worker, Duration patience, Supplier<Optional<T>> claim) {
    Line line = join(worker);
    try {
      if (!line.turn.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
      try {
        return claim.get();
      } finally {
        line.turn.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      leave(worker, line);
    }
  }

  private synchronized Line join(UUID worker) {
    Line line = lines.computeIfAbsent(worker, id -> new Line());
    line.members++;
    return line;
  }

  private synchronized void leave(UUID worker, Line line) {
    line.members--;
    if (line.members == 0) {
      lines.remove(worker);
    }
  }

  /** Workers in whose name something is asked now. */
  synchronized int size() {
    return lines.size();
  }
}
