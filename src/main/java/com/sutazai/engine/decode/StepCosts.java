package com.sutazai.engine.decode;

/**
 * How long a step takes in which so many sequences that follow each other have one token each, as
 * measured. llama.cpp's kernels take some numbers of tokens at once and the rest one by one, so
 * that a larger step can be the quicker one; which numbers these are depends on the processor and
 * on the type of the weights.
 */
final class StepCosts {
  /** Where nothing is known yet: so many tokens at once... */
  private static final int AT_ONCE = 4;

  /** ... for the time of so many one by one. */
  private static final int TIME_AT_ONCE = 2;

  private static final double WEIGHT = 0.3;

  /** Steps after which a time counts as unknown again: the machine may have become another. */
  private static final int LASTING = 256;

  private final double[] nanos;
  private final long[] seenAt;
  private double unit = 1;
  private long steps;

  /** Nothing measured yet, for so many sequences at most. */
  StepCosts(int most) {
    nanos = new double[most + 1];
    seenAt = new long[most + 1];
  }

  /**
   * Nanoseconds, or a figure to compare with others of its kind as long as nothing was measured.
   */
  double of(int sequences) {
    return isKnown(sequences) ? nanos[sequences] : unit * expected(sequences);
  }

  /** A step of so many took so long. */
  void observe(int sequences, long taken) {
    nanos[sequences] = isKnown(sequences) ? mean(nanos[sequences], taken) : taken;
    double seen = taken / expected(sequences);
    unit = steps == 0 ? seen : mean(unit, seen);
    seenAt[sequences] = ++steps;
  }

  private boolean isKnown(int sequences) {
    return seenAt[sequences] > 0 && steps - seenAt[sequences] < LASTING;
  }

  private static double expected(int sequences) {
    return sequences / AT_ONCE * TIME_AT_ONCE + sequences % AT_ONCE;
  }

  private static double mean(double before, double now) {
    return before + WEIGHT * (now - before);
  }
}
