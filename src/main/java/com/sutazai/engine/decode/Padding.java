package com.sutazai.engine.decode;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** Lets a step compute idle sequences along with the answers that run, where it is quicker so. */
final class Padding {
  /** llama.cpp looks through the cache of sequences in pieces of so many tokens. */
  private static final int PIECE = 256;

  private final Sequences sequences;
  private final int limit;

  /**
   * For a context that keeps its sequences apart: each has room for so many tokens whatever the
   * others do.
   */
  Padding(Sequences sequences, int limit) {
    this.sequences = sequences;
    this.limit = limit;
  }

  /**
   * The idle sequences to compute too, in the order of their numbers. None of them remembers more
   * than those at work, for all are looked through as far as the longest.
   */
  List<Sequence> beside(List<Answering> running, StepCosts costs) {
    var working = new BitSet();
    int longest = 0;
    for (Answering each : running) {
      working.set(each.sequence().number);
      longest = Math.max(longest, each.sequence().size());
    }
    int most = Math.min(longest - longest % PIECE + PIECE, limit) - 1;
    List<Sequence> idle = sequences.idle(most);
    var numbers = new BitSet();
    idle.forEach(each -> numbers.set(each.number));
    BitSet chosen = QuickestRuns.padding(working, numbers, costs);
    return idle.stream()
        .filter(each -> chosen.get(each.number))
        .sorted(Comparator.comparingInt(each -> each.number))
        .toList();
  }
}
