package com.sutazai.engine.decode;

import com.sutazai.engine.llama.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** The sequences of a context: which are free, and which of them knows most of a prompt. */
final class Sequences {
  private final List<Sequence> free = new ArrayList<>();
  private final int retained;
  private long moment;

  /**
   * All free.
   *
   * @param retained tokens that free sequences may remember together; a context whose sequences
   *     share their room looks through all of it in each step
   */
  Sequences(Context context, int count, int retained) {
    this.retained = retained;
    for (int number = 0; number < count; number++) {
      free.add(new Sequence(number, context));
    }
  }

  /** The free one that knows most of the prompt; among equals the one not needed longest. */
  Sequence take(int[] prompt) {
    Sequence best =
        Collections.max(
            free,
            Comparator.comparingInt((Sequence each) -> each.shared(prompt))
                .thenComparing(Sequence::usedAt, Comparator.reverseOrder()));
    free.remove(best);
    return best;
  }

  boolean anyFree() {
    return !free.isEmpty();
  }

  void giveBack(Sequence sequence) {
    sequence.used(++moment);
    free.add(sequence);
    int remembered = 0;
    for (Sequence each : free.reversed()) { // the last that was given back first
      remembered += each.size();
      if (remembered > retained) {
        remembered -= each.size();
        each.forget();
      }
    }
  }
}
