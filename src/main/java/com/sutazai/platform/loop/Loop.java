package com.sutazai.platform.loop;

import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A step that a virtual thread of its own repeats until it is stopped. A failure pauses it for a
 * second.
 */
public final class Loop {
  private static final Logger LOG = Logger.getLogger(Loop.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_BETWEEN_REMOVALS = Duration.ofMinutes(10);

  private final Step step;
  private final Thread thread;
  private volatile boolean stopping;
  private @Nullable String pausedFor;

  private Loop(String name, Step step) {
    this.step = step;
    thread = Thread.ofVirtual().name(name).unstarted(this::repeat);
  }

  /** What is repeated; an interrupt ends it. */
  public interface Step {
    void run() throws InterruptedException;
  }

  public static Loop start(String name, Step step) {
    Loop loop = new Loop(name, step);
    loop.thread.start();
    return loop;
  }

  /**
   * Removes again and again what is older than {@code keep}: about every ten minutes, or each tenth
   * of a shorter time, and not at the same time in all processes.
   */
  public static Loop startRemoval(String name, Duration keep, Step removal) {
    Duration tenth = keep.dividedBy(10);
    Duration between =
        tenth.compareTo(LONGEST_BETWEEN_REMOVALS) < 0 ? tenth : LONGEST_BETWEEN_REMOVALS;
    return start(
        name,
        () -> {
          Thread.sleep(spread(between));
          removal.run();
        });
  }

  private static Duration spread(Duration between) {
    return between
        .dividedBy(2)
        .plusNanos(ThreadLocalRandom.current().nextLong(Math.max(1, between.toNanos())));
  }

  /** Ends it, in the middle of a step if need be; returns at once. */
  public void stop() {
    stopping = true;
    thread.interrupt();
  }

  private void repeat() {
    while (!stopping) {
      try {
        try {
          step.run();
          pausedFor = null;
        } catch (ProblemException unavailable) {
          sayPaused(unavailable.detail());
          Thread.sleep(PAUSE);
        } catch (RuntimeException | Error e) { // too little memory, too: it may be there again
          LOG.errorf(e, "%s met an unexpected failure and goes on", thread.getName());
          Thread.sleep(PAUSE);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Says it once for each reason, not with each try. */
  private void sayPaused(String reason) {
    if (!stopping && !reason.equals(pausedFor)) {
      pausedFor = reason;
      LOG.warnf("%s pauses: %s", thread.getName(), reason);
    }
  }
}
