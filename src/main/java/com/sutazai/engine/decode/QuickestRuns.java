package com.sutazai.engine.decode;

import java.util.BitSet;

/**
 * Which idle sequences a step computes along with those at work, so that it ends sooner. llama.cpp
 * computes sequences together whose numbers follow each other: one that fills a gap saves a second
 * way through the weights, and a few more at an end may make what its kernels take at once.
 */
final class QuickestRuns {
  private QuickestRuns() {}

  /**
   * The idle ones that belong to the quickest way of computing all that work; none where none
   * helps. Decided from the last number to the first: for each, the least time for it and all after
   * it, and how far the run goes that begins there.
   *
   * @param working numbers of those that have to be computed
   * @param idle numbers of those that may be
   */
  static BitSet padding(BitSet working, BitSet idle, StepCosts costs) {
    int end = Math.max(working.length(), idle.length());
    double[] least = new double[end + 2];
    int[] runEnd = new int[end];
    for (int begin = end - 1; begin >= 0; begin--) {
      runEnd[begin] = begin; // no run
      least[begin] = working.get(begin) ? Double.POSITIVE_INFINITY : least[begin + 1];
      for (int i = begin; i < end && (working.get(i) || idle.get(i)); i++) {
        double time = costs.of(i + 1 - begin) + least[i + 2]; // with the one after it left out
        if (!working.get(i + 1) && time < least[begin]) {
          least[begin] = time;
          runEnd[begin] = i + 1;
        }
      }
    }
    return idleIn(runEnd, working);
  }

  private static BitSet idleIn(int[] runEnd, BitSet working) {
    var chosen = new BitSet();
    for (int begin = 0; begin < runEnd.length; begin = Math.max(runEnd[begin], begin) + 1) {
      chosen.set(begin, runEnd[begin]);
    }
    chosen.andNot(working);
    return chosen;
  }
}
