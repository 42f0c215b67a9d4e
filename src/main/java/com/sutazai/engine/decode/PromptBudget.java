package com.sutazai.engine.decode;

import java.time.Duration;

/**
 * How many tokens of prompts one step takes, so that a step lasts about as long as running answers
 * may pause. It follows from the time that steps took.
 */
final class PromptBudget {
  /**
   * What llama.cpp's kernels take at once: fewer take longer each, and would then seem too many.
   */
  private static final int LEAST = 16;

  /** Fewer would read the model's weights for too little; on a slow machine a step is longer. */
  private static final int LEAST_ALONE = 64;

  private static final double WEIGHT = 0.3;

  /** A step while answers run, which pause for so long. */
  private static final Duration BESIDE = Duration.ofMillis(200);

  /** A step of prompts alone; whoever comes meanwhile waits so long. */
  private static final Duration ALONE = Duration.ofSeconds(1);

  private final int most;
  private double nanosPerToken;

  PromptBudget(int most) {
    this.most = most;
  }

  /** While nobody waits for the token after. */
  int alone() {
    return within(ALONE, LEAST_ALONE);
  }

  /** While answers run, which pause meanwhile. */
  int besideAnswers() {
    return within(BESIDE, LEAST);
  }

  private int within(Duration step, int least) {
    if (nanosPerToken == 0) {
      return Math.min(most, LEAST_ALONE);
    }
    return (int) Math.clamp(step.toNanos() / nanosPerToken, Math.min(least, most), most);
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
