package com.sutazai.engine.llama;

/**
 * How large a context is.
 *
 * @param tokens that all its sequences may have together
 * @param batch tokens of one step, at most
 * @param sequences that are computed beside each other
 * @param threads that compute a step
 * @param embeddings whether embeddings are wanted of it, and not what comes next
 */
public record ContextSize(int tokens, int batch, int sequences, int threads, boolean embeddings) {
  /** Each token's embedding for itself; the older build ends the process when it is to pool. */
  static final int NO_POOLING = 0;

  public ContextSize {
    if (tokens < 1 || batch < 1 || sequences < 1 || threads < 1) {
      throw new IllegalArgumentException("a context of nothing");
    }
  }
}
