package com.sutazai.engine.decode;

import java.time.Duration;

/**
 * How many tokens of prompts one step takes, so that a step lasts about as long as running answers
 * may pause. It follows from the time that steps took.
 */
final class PromptBudget {
  /**
   * Fewer take much longer each, in llama.cpp's kernels: answers would pause for less and more
   * often.
   */
  private static final int LEAST = 32;

  /** Fewer would read the model's weights for too little; on a slow machine a step is longer. */
  private static final int LEAST_ALONE = 64;

  private static final double WEIGHT = 0.3;

  /** A step while as many answers run as prompts are read, or more. */
  private static final Duration BESIDE = Duration.ofMillis(200);

  /** A step of prompts alone, or beside few answers; whoever comes meanwhile waits so long. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final int most;
  private double nanosPerToken;

  PromptBudget(int most) {
    this.most = most;
  }

  /** While nobody waits for the token after. */
  int alone() {
    return within(LONGEST.toNanos(), LEAST_ALONE);
  }

  /** While somebody else waits for a step. */
  int besideOthers() {
    return within(BESIDE.toNanos(), LEAST);
  }

  /**
   * While answers run, which pause meanwhile: for longer where more prompts are read than answers
   * run, because then more wait for a first token than for a next one.
   *
   * @param prompts that are read
   * @param answers that pause, 1 at least
   * @param nanos that the step takes without the prompts
   */
  int besideAnswers(int prompts, int answers, double nanos) {
    double step = BESIDE.toNanos() * Math.max(1.0, (double) prompts / answers);
    return within(Math.min(step, LONGEST.toNanos()) - nanos, LEAST);
  }

  private int within(double nanos, int least) {
    if (nanosPerToken == 0) {
      return Math.min(most, LEAST_ALONE);
    }
    return (int) Math.clamp(nanos / nanosPerToken, Math.min(least, most), most);
  }

  /** So many tokens of prompts took so long. */
  void observe(int tokens, double nanos) {
    if (tokens < LEAST || nanos <= 0) {
      return; // so few say little about what a prompt's token takes
    }
    double seen = nanos / tokens;
    nanosPerToken = nanosPerToken == 0 ? seen : nanosPerToken + WEIGHT * (seen - nanosPerToken);
  }
}
