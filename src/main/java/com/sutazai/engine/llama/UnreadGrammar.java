package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Build 4916 gives a sampler that allows everything for a grammar that it cannot read. The
 * sampler's own data tells: behind the vocabulary and two strings, the pointer to the rules is
 * NULL.
 */
final class UnreadGrammar {
  private static final long POINTER = ADDRESS.byteSize();

  /** {@code std::string} of older compilers: a pointer. */
  private static final long OLDER_STRING = POINTER;

  /** That of newer ones: a pointer, a length, and room for short texts. */
  private static final long STRING = 32;

  private UnreadGrammar() {}

  static boolean is(MemorySegment sampler, String rules) {
    MemorySegment data =
        sampler
            .reinterpret(2 * POINTER)
            .get(ADDRESS, POINTER)
            .reinterpret(2 * POINTER + 2 * STRING);
    int length = rules.getBytes(StandardCharsets.UTF_8).length;
    boolean newer = data.get(JAVA_LONG, 2 * POINTER) == length;
    long grammar = POINTER + 2 * (newer ? STRING : OLDER_STRING);
    return Native.isNull(data.get(ADDRESS, grammar));
  }
}
