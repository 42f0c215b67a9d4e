package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** Calls about a context: making one and computing steps in it. */
final class ContextFunctions {
  private static final FunctionDescriptor NUMBER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final FunctionDescriptor ROW = FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT);

  private final Build build;
  private final StructLayout layout;
  private final Defaults defaults;
  private final MethodHandle create;
  private final MethodHandle free;
  private final MethodHandle decode;
  private final MethodHandle logits;
  private final MethodHandle embedding;
  private final MethodHandle tokens;
  private final MethodHandle batch;
  private final MethodHandle sequences;
  private final MethodHandle threads;
  private final MethodHandle pooling;

  ContextFunctions(Symbols symbols, Build build) {
    this.build = build;
    layout = ContextParameters.layout(build);
    defaults = new Defaults(symbols, "llama_context_default_params", layout);
    create = symbols.call("llama_init_from_model", FunctionDescriptor.of(ADDRESS, ADDRESS, layout));
    free = symbols.call("llama_free", FunctionDescriptor.ofVoid(ADDRESS));
    decode = symbols.call("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, Batch.LAYOUT));
    logits = symbols.call("llama_get_logits_ith", ROW);
    embedding = symbols.call("llama_get_embeddings_ith", ROW);
    tokens = symbols.call("llama_n_ctx", NUMBER);
    batch = symbols.call("llama_n_batch", NUMBER);
    sequences = symbols.call("llama_n_seq_max", NUMBER);
    threads = symbols.call("llama_n_threads", NUMBER);
    pooling = symbols.call("llama_pooling_type", NUMBER);
  }

  void check(Build build) {
    defaults.check(build.lastContextByte);
  }

  /**
   * A pointer to a new context; NULL if there is no memory for it.
   *
   * @throws LlamaException if the library did not take over what was asked
   */
  MemorySegment create(MemorySegment model, ContextSize size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = defaults.in(arena);
      set(parameters, "n_ctx", size.tokens());
      set(parameters, "n_batch", size.batch());
      set(parameters, "n_ubatch", size.batch());
      set(parameters, "n_seq_max", size.sequences());
      set(parameters, "n_threads", size.threads());
      set(parameters, "n_threads_batch", size.threads());
      if (size.embeddings()) {
        set(parameters, "pooling_type", ContextSize.NO_POOLING);
        shareRoom(parameters);
      }
      Struct.set(layout, parameters, "embeddings", size.embeddings());
      Struct.set(layout, parameters, "no_perf", true);
      MemorySegment context =
          Native.call(() -> (MemorySegment) create.invokeExact(model, parameters));
      if (!Native.isNull(context)) {
        readBack(context, size);
      }
      return context;
    }
  }

  /** Its sequences have all the room together; the older build does so always. */
  private void shareRoom(MemorySegment parameters) {
    if (build == Build.V0_5_0) {
      Struct.set(layout, parameters, "kv_unified", true);
    }
  }

  private void set(MemorySegment parameters, String field, int value) {
    Struct.set(layout, parameters, field, value);
  }

  private void readBack(MemorySegment context, ContextSize size) {
    boolean same =
        number(tokens, context) >= size.tokens()
            && number(batch, context) == size.batch()
            && number(sequences, context) == size.sequences()
            && number(threads, context) == size.threads()
            && (!size.embeddings() || number(pooling, context) == ContextSize.NO_POOLING);
    if (!same) {
      free(context);
      throw new LlamaException("the library made another context than it was asked for");
    }
  }

  private static int number(MethodHandle function, MemorySegment context) {
    return Native.call(() -> (int) function.invokeExact(context));
  }

  void free(MemorySegment context) {
    Native.order(
        () -> {
          free.invokeExact(context);
        });
  }

  /** 0 if the step was computed; anything else is a failure, and the context as it was before. */
  int decode(MemorySegment context, MemorySegment batchStruct) {
    return Native.call(() -> (int) decode.invokeExact(context, batchStruct));
  }

  /** How likely each token of the vocabulary is to follow the output with this index. */
  float[] logits(MemorySegment context, int index, int vocabulary) {
    return row(logits, context, index, vocabulary);
  }

  float[] embedding(MemorySegment context, int index, int length) {
    return row(embedding, context, index, length);
  }

  private static float[] row(MethodHandle function, MemorySegment context, int index, int length) {
    MemorySegment row = Native.call(() -> (MemorySegment) function.invokeExact(context, index));
    if (Native.isNull(row)) {
      throw new LlamaException("there is no output " + index);
    }
    return row.reinterpret(length * JAVA_FLOAT.byteSize()).toArray(JAVA_FLOAT);
  }
}
