package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** Calls of samplers, which choose a token, and of the chains that they make up. */
final class SamplerFunctions {
  /** {@code llama_sampler_chain_params}. */
  private static final StructLayout CHAIN =
      MemoryLayout.structLayout(JAVA_BOOLEAN.withName("no_perf"));

  private static final FunctionDescriptor ORDER = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);

  private final MethodHandle chain;
  private final MethodHandle add;
  private final MethodHandle free;
  private final MethodHandle sample;
  private final MethodHandle accept;
  private final MethodHandle apply;

  SamplerFunctions(Symbols symbols) {
    chain = symbols.call("llama_sampler_chain_init", FunctionDescriptor.of(ADDRESS, CHAIN));
    add = symbols.call("llama_sampler_chain_add", ORDER);
    free = symbols.call("llama_sampler_free", FunctionDescriptor.ofVoid(ADDRESS));
    sample =
        symbols.call(
            "llama_sampler_sample", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    accept = symbols.call("llama_sampler_accept", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    apply = symbols.call("llama_sampler_apply", ORDER);
  }

  MemorySegment chain() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(CHAIN);
      parameters.set(JAVA_BOOLEAN, 0, true);
      return Native.call(() -> (MemorySegment) chain.invokeExact(parameters));
    }
  }

  void add(MemorySegment sampler, MemorySegment next) {
    Native.order(
        () -> {
          add.invokeExact(sampler, next);
        });
  }

  void free(MemorySegment sampler) {
    Native.order(
        () -> {
          free.invokeExact(sampler);
        });
  }

  /** Chooses what follows the token with this index in the last batch, and takes note of it. */
  int sample(MemorySegment sampler, MemorySegment context, int index) {
    return Native.call(() -> (int) sample.invokeExact(sampler, context, index));
  }

  void accept(MemorySegment sampler, int token) {
    Native.order(
        () -> {
          accept.invokeExact(sampler, token);
        });
  }

  void apply(MemorySegment sampler, MemorySegment candidates) {
    Native.order(
        () -> {
          apply.invokeExact(sampler, candidates);
        });
  }
}
