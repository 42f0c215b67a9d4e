package com.sutazai.engine.decode;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a thread that computes gets on. Whoever looks at it now and then is told how often the
 * same step was found. Looks are counted and not time: while the whole machine stands still nobody
 * looks.
 */
public final class StepWatch {
  private final AtomicInteger looks = new AtomicInteger();
  private volatile boolean atWork;

  /** The thread begins a step; the one before is done. */
  public void begins() {
    looks.set(0);
    atWork = true;
  }

  /** The thread waits for work. */
  public void rests() {
    atWork = false;
  }

  /** Looks since the present step began, before this one; 0 while there is none. */
  public int look() {
    return atWork ? looks.getAndIncrement() : 0;
  }
}
