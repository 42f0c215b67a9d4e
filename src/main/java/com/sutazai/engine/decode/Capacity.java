package com.sutazai.engine.decode;

/**
 * How much of one model is done at a time.
 *
 * @param sequences answers that are made beside each other
 * @param context tokens that a prompt and its answer may have together
 * @param threads that compute a step
 * @param waiting requests that wait for a sequence, at most
 */
public record Capacity(int sequences, int context, int threads, int waiting) {
  /** Tokens of one step, at most. */
  static final int BATCH = 512;

  /** The same for a model that was trained on shorter texts. */
  Capacity within(int trainedContext) {
    int shorter = trainedContext > 0 ? Math.min(context, trainedContext) : context;
    return new Capacity(sequences, shorter, threads, waiting);
  }

  int batch() {
    return Math.max(sequences, Math.min(BATCH, context));
  }
}
