package com.sutazai.tasks;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Interrupts threads that work longer than they may. */
final class Deadlines {
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("task-deadline").factory());

  Deadlines() {
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Starts the clock for the calling thread; closing stops it. */
  Deadline start(Duration limit) {
    Deadline deadline = new Deadline(Thread.currentThread());
    deadline.future = timer.schedule(deadline::pass, limit.toMillis(), TimeUnit.MILLISECONDS);
    return deadline;
  }

  /** The time limit of one piece of work. */
  static final class Deadline implements AutoCloseable {
    private final Thread worker;
    private boolean passed;
    private boolean closed;
    private Future<?> future = java.util.concurrent.CompletableFuture.completedFuture(null);

    private Deadline(Thread worker) {
      this.worker = worker;
    }

    private synchronized void pass() {
      if (!closed) {
        passed = true;
        worker.interrupt();
      }
    }

    synchronized boolean passed() {
      return passed;
    }

    /** After this no interrupt comes any more, and a late one is taken back. */
    @Override
    public synchronized void close() {
      closed = true;
      future.cancel(false);
      if (passed) {
        Thread.interrupted();
      }
    }
  }
}
