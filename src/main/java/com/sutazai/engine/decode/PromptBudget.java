package com.sutazai.engine.decode;

import java.time.Duration;

/**
 * How many tokens of prompts one step takes, so that a step lasts about as long as running answers
 * may pause. It follows from the time that steps took.
 */
final class PromptBudget {
  private static final int LEAST = 8;
  private static final int FIRST = 64;
  private static final double WEIGHT = 0.3;

  /** A step while others' answers run, or while more than one prompt waits. */
  private static final Duration SHARED = Duration.ofMillis(200);

  /** A step for one caller alone; whoever comes meanwhile waits so long. */
  private static final Duration ALONE = Duration.ofSeconds(1);

  private final int most;
  private double nanosPerToken;

  PromptBudget(int most) {
    this.most = most;
  }

  int tokens(boolean alone) {
    if (nanosPerToken == 0) {
      return Math.min(most, FIRST);
    }
    double fitting = (alone ? ALONE : SHARED).toNanos() / nanosPerToken;
    return (int) Math.clamp(fitting, Math.min(LEAST, most), most);
  }

  /** A step of so many tokens took so long. */
  void observe(int tokens, long nanos) {
    if (tokens < LEAST) {
      return; // such a step says little about what a prompt's token takes
    }
    double seen = (double) nanos / tokens;
    nanosPerToken = nanosPerToken == 0 ? seen : nanosPerToken + WEIGHT * (seen - nanosPerToken);
  }
}
