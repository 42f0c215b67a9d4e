package com.sutazai.queue;

import com.sutazai.platform.permit.Permits;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many jobs this process holds and runs. A job has a seat from its claim to its end, and a
 * worker while it runs; one that waits for another has neither. There are as many seats as workers
 * and, for jobs that wait for one of those or whose outcome is being stored, {@code prefetch} more,
 * so that a claim fetches many and a commit ends many.
 */
@ApplicationScoped
public class Seats {
  /** What a claim holds at most while it is under way: jobs that are added meanwhile need seats. */
  static final int MOST_AT_ONCE = 200;

  private final Permits free;
  private final Permits workers;
  private final LongAdder claims = new LongAdder();
  private final LongAdder claimed = new LongAdder();
  private final LongAdder cut = new LongAdder();
  private volatile int prefetch;
  private volatile boolean closed;

  Seats(QueueConfig config) {
    prefetch = config.prefetch();
    free = new Permits(config.workers() == 0 ? 0 : config.workers() + prefetch);
    workers = new Permits(config.workers());
  }

  /** Whether this process runs jobs at all. */
  public boolean any() {
    return workers.limit() > 0;
  }

  /** Waits for a seat and takes it, with more that are free, so many at most; how many it took. */
  public int take(int most) throws InterruptedException {
    free.acquire();
    int seats = 1;
    while (seats < most && free.tryAcquire()) {
      seats++;
    }
    return seats;
  }

  /** Takes a seat if one is free. */
  boolean take() {
    return !closed && free.tryAcquire();
  }

  /** Gives seats back that were taken and are not needed any more. */
  public void giveBack(int seats) {
    free.release(seats);
  }

  /** Waits until the job in a seat may run. */
  void awaitWorker() {
    workers.acquireUninterruptibly();
  }

  void workerIsFree() {
    workers.release(1);
  }

  /** What a job in the hands of a worker waits for. */
  public interface Wait<T> {
    T run() throws InterruptedException;
  }

  /**
   * Waits for another job with neither seat nor worker, so that the other one can run in this
   * process however few there are. Both are taken again at once, free or not: what is left to do is
   * little, and who waits for a job is not to wait behind more.
   */
  public <T> T leftFor(Wait<T> wait) throws InterruptedException {
    free.release(1);
    workers.release(1);
    try {
      return wait.run();
    } finally {
      workers.overdraw();
      free.overdraw();
    }
  }

  /** Nobody is seated any more. */
  void close() {
    closed = true;
  }

  /** Says what a claim with so many seats got. */
  void claimed(int jobs, int seats) {
    claims.increment();
    claimed.add(jobs);
    if (jobs == seats && seats < MOST_AT_ONCE) {
      cut.increment();
    }
  }

  /** {@code sutazai.queue.workers} as it is now. */
  public int workers() {
    return workers.limit();
  }

  /** {@code sutazai.queue.prefetch} as it is now. */
  public int prefetch() {
    return prefetch;
  }

  /**
   * What happened since the start.
   *
   * @param begun jobs that were to run
   * @param waited those of them for which no worker was free at once
   * @param claims of this process for what is due
   * @param claimed jobs that those claims got
   * @param cut claims that got as many as there were seats, and might have got more
   */
  public record Counts(long begun, long waited, long claims, long claimed, long cut) {}

  public Counts counts() {
    Permits.Counts atWork = workers.counts();
    return new Counts(atWork.asked(), atWork.waited(), claims.sum(), claimed.sum(), cut.sum());
  }

  /**
   * Changes both until the process ends; nothing that runs is ended by that.
   *
   * @param newWorkers at least 1 where there are any; a process without workers keeps none
   */
  public synchronized void resize(int newWorkers, int newPrefetch) {
    if (any() && newWorkers > 0 && newPrefetch >= 0) {
      prefetch = newPrefetch;
      free.resize(newWorkers + newPrefetch);
      workers.resize(newWorkers);
    }
  }
}
