package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Calls about a model: loading it, and what its file says. */
final class ModelFunctions {
  private static final FunctionDescriptor NUMBER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final int LONGEST_VALUE = 1 << 20;

  private final StructLayout layout;
  private final Defaults defaults;
  private final MethodHandle load;
  private final MethodHandle free;
  private final MethodHandle embeddingSize;
  private final MethodHandle trainedContext;
  private final MethodHandle layers;
  private final MethodHandle heads;
  private final MethodHandle keyHeads;
  private final MethodHandle size;
  private final MethodHandle metadata;

  ModelFunctions(Symbols symbols, Build build) {
    layout = ModelParameters.layout(build);
    defaults = new Defaults(symbols, "llama_model_default_params", layout);
    load =
        symbols.call("llama_model_load_from_file", FunctionDescriptor.of(ADDRESS, ADDRESS, layout));
    free = symbols.call("llama_model_free", FunctionDescriptor.ofVoid(ADDRESS));
    embeddingSize = symbols.call("llama_model_n_embd", NUMBER);
    trainedContext = symbols.call("llama_model_n_ctx_train", NUMBER);
    layers = symbols.call("llama_model_n_layer", NUMBER);
    heads = symbols.call("llama_model_n_head", NUMBER);
    keyHeads = symbols.call("llama_model_n_head_kv", NUMBER);
    size = symbols.call("llama_model_size", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    metadata =
        symbols.call(
            "llama_model_meta_val_str",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  }

  void check(Build build) {
    defaults.check(build.lastModelByte);
  }

  /** A pointer to the model; NULL if the file cannot be loaded. */
  MemorySegment load(String file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = defaults.in(arena);
      Struct.set(layout, parameters, "n_gpu_layers", 0);
      MemorySegment path = arena.allocateFrom(file);
      return Native.call(() -> (MemorySegment) load.invokeExact(path, parameters));
    }
  }

  void free(MemorySegment model) {
    Native.order(
        () -> {
          free.invokeExact(model);
        });
  }

  int embeddingSize(MemorySegment model) {
    return number(embeddingSize, model);
  }

  int trainedContext(MemorySegment model) {
    return number(trainedContext, model);
  }

  int layers(MemorySegment model) {
    return number(layers, model);
  }

  int heads(MemorySegment model) {
    return number(heads, model);
  }

  int keyHeads(MemorySegment model) {
    return number(keyHeads, model);
  }

  private static int number(MethodHandle function, MemorySegment model) {
    return Native.call(() -> (int) function.invokeExact(model));
  }

  /** Bytes of all its weights. */
  long size(MemorySegment model) {
    return Native.call(() -> (long) size.invokeExact(model));
  }

  /** What the file says under a key; empty if it has none, or one longer than 1 MiB. */
  Optional<String> metadata(MemorySegment model, String key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(key);
      MemorySegment none = MemorySegment.NULL;
      int length = Native.call(() -> (int) metadata.invokeExact(model, name, none, 0L));
      if (length < 0 || length > LONGEST_VALUE) {
        return Optional.empty();
      }
      MemorySegment value = arena.allocate(length + 1L);
      Native.call(() -> (int) metadata.invokeExact(model, name, value, value.byteSize()));
      return Optional.of(value.getString(0));
    }
  }
}
