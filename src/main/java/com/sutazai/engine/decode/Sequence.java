package com.sutazai.engine.decode;

import com.sutazai.engine.llama.Batch;
import com.sutazai.engine.llama.Context;
import java.util.Arrays;

/**
 * One of the sequences that a context computes beside each other, and the tokens whose keys and
 * values are there: those of the answer that is being made, or of the last one.
 */
final class Sequence {
  /** Any token: nobody looks at what follows it. */
  private static final int PAD = 0;

  final int number;
  private final Context context;
  private int[] tokens = new int[64];
  private int size;
  private long usedAt;

  Sequence(int number, Context context) {
    this.number = number;
    this.context = context;
  }

  int size() {
    return size;
  }

  /** When an answer last ended here; for finding the one that was not needed longest. */
  long usedAt() {
    return usedAt;
  }

  void used(long moment) {
    usedAt = moment;
  }

  /** A token that was given to the context. */
  void add(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, size * 2);
    }
    tokens[size++] = token;
  }

  /** Adds a token that is computed for company only, and is taken back after the step. */
  void pad(Batch batch) {
    batch.add(PAD, size, number, true);
  }

  /** Takes a token back that was computed for company. */
  void unpad() {
    if (!context.forget(number, size)) {
      forget();
    }
  }

  /** Tokens that a prompt begins with and that are here. */
  int shared(int[] prompt) {
    int different = Arrays.mismatch(tokens, 0, size, prompt, 0, prompt.length);
    return different < 0 ? size : different;
  }

  /**
   * Keeps what a prompt shares, except its last token: a step is needed to know what follows it.
   *
   * @return tokens of the prompt that need not be computed
   */
  int keep(int[] prompt) {
    int kept = Math.min(shared(prompt), prompt.length - 1);
    if (kept == 0 || !context.forget(number, kept)) {
      forget();
      return 0;
    }
    size = kept;
    return kept;
  }

  void forget() {
    context.forgetAll(number);
    size = 0;
  }
}
