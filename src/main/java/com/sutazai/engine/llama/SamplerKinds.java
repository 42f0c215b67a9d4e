package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls that make samplers. One that is added to a chain is freed with it. */
final class SamplerKinds {
  private static final FunctionDescriptor WITH_LEAST =
      FunctionDescriptor.of(ADDRESS, JAVA_FLOAT, JAVA_LONG);
  private static final FunctionDescriptor WITH_NUMBER = FunctionDescriptor.of(ADDRESS, JAVA_INT);

  /** Candidates that a sampler leaves at least. */
  private static final long LEAST = 1;

  private final Build build;
  private final SamplerFunctions functions;
  private final MethodHandle greedy;
  private final MethodHandle random;
  private final MethodHandle topK;
  private final MethodHandle topP;
  private final MethodHandle minP;
  private final MethodHandle typical;
  private final MethodHandle temperature;
  private final MethodHandle penalties;
  private final MethodHandle mirostat;
  private final MethodHandle mirostat2;
  private final MethodHandle grammar;

  SamplerKinds(Symbols symbols, Build build, SamplerFunctions functions) {
    this.build = build;
    this.functions = functions;
    greedy = symbols.call("llama_sampler_init_greedy", FunctionDescriptor.of(ADDRESS));
    random = symbols.call("llama_sampler_init_dist", WITH_NUMBER);
    topK = symbols.call("llama_sampler_init_top_k", WITH_NUMBER);
    topP = symbols.call("llama_sampler_init_top_p", WITH_LEAST);
    minP = symbols.call("llama_sampler_init_min_p", WITH_LEAST);
    typical = symbols.call("llama_sampler_init_typical", WITH_LEAST);
    temperature =
        symbols.call("llama_sampler_init_temp", FunctionDescriptor.of(ADDRESS, JAVA_FLOAT));
    penalties = symbols.call("llama_sampler_init_penalties", penalties(build));
    mirostat =
        symbols.call(
            "llama_sampler_init_mirostat",
            FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT, JAVA_INT));
    mirostat2 =
        symbols.call(
            "llama_sampler_init_mirostat_v2",
            FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT));
    grammar =
        symbols.call(
            "llama_sampler_init_grammar",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  }

  private static FunctionDescriptor penalties(Build build) {
    FunctionDescriptor plain =
        FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT);
    return build == Build.B4916 ? plain : plain.insertArgumentLayouts(0, JAVA_INT);
  }

  MemorySegment greedy() {
    return Native.call(() -> (MemorySegment) greedy.invokeExact());
  }

  MemorySegment random(int seed) {
    return Native.call(() -> (MemorySegment) random.invokeExact(seed));
  }

  MemorySegment topK(int count) {
    return Native.call(() -> (MemorySegment) topK.invokeExact(count));
  }

  MemorySegment topP(float mass) {
    return Native.call(() -> (MemorySegment) topP.invokeExact(mass, LEAST));
  }

  MemorySegment minP(float share) {
    return Native.call(() -> (MemorySegment) minP.invokeExact(share, LEAST));
  }

  MemorySegment typical(float mass) {
    return Native.call(() -> (MemorySegment) typical.invokeExact(mass, LEAST));
  }

  MemorySegment temperature(float degree) {
    return Native.call(() -> (MemorySegment) temperature.invokeExact(degree));
  }

  MemorySegment penalties(int vocabulary, int last, float repeat, float often, float there) {
    return build == Build.B4916
        ? Native.call(() -> (MemorySegment) penalties.invokeExact(last, repeat, often, there))
        : Native.call(
            () -> (MemorySegment) penalties.invokeExact(vocabulary, last, repeat, often, there));
  }

  MemorySegment mirostat(int vocabulary, int seed, float target, float rate) {
    int considered = 100;
    return Native.call(
        () -> (MemorySegment) mirostat.invokeExact(vocabulary, seed, target, rate, considered));
  }

  MemorySegment mirostat2(int seed, float target, float rate) {
    return Native.call(() -> (MemorySegment) mirostat2.invokeExact(seed, target, rate));
  }

  /** NULL if the grammar cannot be read. */
  MemorySegment grammar(MemorySegment vocabulary, String rules, String start) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(rules);
      MemorySegment root = arena.allocateFrom(start);
      MemorySegment sampler =
          Native.call(() -> (MemorySegment) grammar.invokeExact(vocabulary, text, root));
      if (build == Build.B4916 && !Native.isNull(sampler) && UnreadGrammar.is(sampler, rules)) {
        functions.free(sampler);
        return MemorySegment.NULL;
      }
      return sampler;
    }
  }
}
