package com.sutazai.engine.decode;

import com.sutazai.engine.llama.Context;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** The sequences of a context: which are free, and which of them knows most of a prompt. */
final class Sequences {
  private static final int FEW = 32;

  private final List<Sequence> free = new ArrayList<>();
  private final BitSet busy = new BitSet();
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

  /**
   * The free one that knows most of the prompt. Where none knows a part worth keeping, one beside
   * those at work: llama.cpp computes sequences together whose numbers follow each other. Among
   * equals the one not needed longest.
   */
  Sequence take(int[] prompt) {
    Sequence best =
        Collections.max(
            free,
            Comparator.comparingInt((Sequence each) -> worth(each.shared(prompt), prompt.length))
                .thenComparing(each -> isBesideBusy(each.number))
                .thenComparing(Sequence::usedAt, Comparator.reverseOrder()));
    free.remove(best);
    busy.set(best.number);
    return best;
  }

  /** Nothing for a few tokens in common, such as the one that all prompts begin with. */
  private static int worth(int shared, int promptLength) {
    return shared > Math.min(FEW, promptLength / 4) ? shared : 0;
  }

  private boolean isBesideBusy(int number) {
    return busy.get(number + 1) || (number > 0 && busy.get(number - 1));
  }

  boolean anyFree() {
    return !free.isEmpty();
  }

  /** The free ones that remember so many tokens at most. */
  List<Sequence> idle(int most) {
    return free.stream().filter(each -> each.size() <= most).toList();
  }

  void giveBack(Sequence sequence) {
    sequence.used(++moment);
    free.add(sequence);
    busy.clear(sequence.number);
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
