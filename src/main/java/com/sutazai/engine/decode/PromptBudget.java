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

  private static final int FIRST = 64;
  private static final double WEIGHT = 0.3;

  /** A step while answers run, which pause for so long. */
  private static final Duration SHARED = Duration.ofMillis(200);

  /** A step of prompts alone. */
  private static final Duration PROMPTS = Duration.ofMillis(500);

  /** A step for one caller alone; whoever comes meanwhile waits so long. */
  private static final Duration ALONE = Duration.ofSeconds(1);

  private final int most;
  private double nanosPerToken;

  PromptBudget(int most) {
    this.most = most;
  }

  /** For one caller, while nobody else waits for steps. */
  int alone() {
    return within(ALONE);
  }

  /** For prompts that are read together; an answer that runs besides them pauses less. */
  int shared(boolean besideAnswers) {
    return within(besideAnswers ? SHARED : PROMPTS);
  }

  private int within(Duration step) {
    if (nanosPerToken == 0) {
      return Math.min(most, FIRST);
    }
    return (int) Math.clamp(step.toNanos() / nanosPerToken, Math.min(LEAST, most), most);
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
