package com.sutazai.engine.llama;

import java.lang.foreign.MemorySegment;

/** A place in which a model computes sequences of tokens. Belongs to one thread. */
public final class Context implements AutoCloseable {
  private static final int ALL = -1;

  private final Model model;
  private final Library library;
  private final ContextSize size;
  final MemorySegment pointer;
  private final MemorySegment cache;

  /**
   * Makes one.
   *
   * @throws LlamaException if there is no memory for it, or the library made another
   */
  public Context(Model model, ContextSize size) {
    this.model = model;
    this.library = model.library;
    this.size = size;
    pointer = library.contexts.create(model.pointer, size);
    if (Native.isNull(pointer)) {
      throw new LlamaException("a context of " + size.tokens() + " tokens cannot be made");
    }
    cache = library.caches.of(pointer);
  }

  /**
   * Computes a part of a batch.
   *
   * @return whether it was computed; if not, it did not fit, and what was there before is still
   *     there
   */
  public boolean decode(Batch batch, int from, int count) {
    batch.check(model.vocabularySize(), size.sequences(), size.tokens());
    return library.contexts.decode(pointer, batch.part(from, count)) == 0;
  }

  /** Forgets a sequence from a position on; tells whether it could. */
  public boolean forget(int sequence, int from) {
    return Native.isNull(cache) || library.caches.forget(cache, sequence, from);
  }

  public void forgetAll(int sequence) {
    forget(sequence, ALL);
  }

  /** The embedding of the token with this index in the part that was computed last. */
  public float[] embedding(int index) {
    return library.contexts.embedding(pointer, index, model.embeddingSize());
  }

  float[] logits(int index) {
    return library.contexts.logits(pointer, index, model.vocabularySize());
  }

  @Override
  public void close() {
    library.contexts.free(pointer);
  }
}
