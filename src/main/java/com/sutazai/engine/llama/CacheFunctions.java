package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls about what a context remembers of its sequences: keys and values of their tokens. */
final class CacheFunctions {
  private static final int TO_THE_END = -1;

  private final Build build;
  private final MethodHandle remove;
  private final MethodHandle cacheOf;

  CacheFunctions(Symbols symbols, Build build) {
    this.build = build;
    cacheOf =
        symbols.call(
            build == Build.B4916 ? "llama_get_kv_self" : "llama_get_memory",
            FunctionDescriptor.of(ADDRESS, ADDRESS));
    remove =
        symbols.call(
            build == Build.B4916 ? "llama_kv_self_seq_rm" : "llama_memory_seq_rm",
            FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT));
  }

  /**
   * What the removal is asked of: the context, or in newer builds its memory; NULL if it has none.
   */
  MemorySegment of(MemorySegment context) {
    return build == Build.B4916
        ? context
        : Native.call(() -> (MemorySegment) cacheOf.invokeExact(context));
  }

  /**
   * Forgets a sequence from a position on.
   *
   * @return whether it could; a model with a recurrent state can only forget all of it
   */
  boolean forget(MemorySegment cache, int sequence, int from) {
    return Native.call(() -> (boolean) remove.invokeExact(cache, sequence, from, TO_THE_END));
  }
}
