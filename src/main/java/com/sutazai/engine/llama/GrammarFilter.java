package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Leaves a sampler only the tokens that a grammar allows. llama.cpp ends the process when a token
 * is taken that its grammar does not allow, so this is looked at before.
 */
final class GrammarFilter implements AutoCloseable {
  /** {@code llama_token_data}: id, logit, probability; three words. */
  private static final int WORDS = 3;

  /** {@code llama_token_data_array}: pointer, size, selected index, sorted. */
  private static final long ARRAY = 32;

  private final SamplerFunctions functions;
  private final MemorySegment grammar;
  private final int[] words;

  GrammarFilter(SamplerFunctions functions, MemorySegment grammar, int vocabulary) {
    this.functions = functions;
    this.grammar = grammar;
    words = new int[vocabulary * WORDS];
  }

  int sample(MemorySegment chain, float[] logits) {
    for (int token = 0; token < logits.length; token++) {
      words[token * WORDS] = token;
      words[token * WORDS + 1] = Float.floatToRawIntBits(logits[token]);
      words[token * WORDS + 2] = 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = arena.allocate(ARRAY, Long.BYTES);
      array.set(ADDRESS, 0, arena.allocateFrom(JAVA_INT, words));
      array.set(JAVA_LONG, 8, logits.length);
      array.set(JAVA_LONG, 16, -1);
      array.set(JAVA_BOOLEAN, 24, false);
      functions.apply(grammar, array);
      functions.apply(chain, array);
      int token = chosen(array);
      functions.accept(grammar, token);
      functions.accept(chain, token);
      return token;
    }
  }

  private static int chosen(MemorySegment array) {
    long size = array.get(JAVA_LONG, 8);
    long selected = array.get(JAVA_LONG, 16);
    if (selected < 0 || selected >= size) {
      throw new LlamaException("no token was chosen");
    }
    int[] candidate =
        array
            .get(ADDRESS, 0)
            .reinterpret(size * WORDS * Integer.BYTES)
            .asSlice(selected * WORDS * Integer.BYTES, WORDS * Integer.BYTES)
            .toArray(JAVA_INT);
    if (Float.intBitsToFloat(candidate[1]) == Float.NEGATIVE_INFINITY) {
      throw new LlamaException("no token of the model's vocabulary keeps to the grammar");
    }
    return candidate[0];
  }

  @Override
  public void close() {
    functions.free(grammar);
  }
}
