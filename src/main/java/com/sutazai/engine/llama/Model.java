package com.sutazai.engine.llama;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A loaded model. Its text calls may come from any thread: closing waits for those that are being
 * made, and later ones fail. For all others who closes it makes sure that nobody uses it any more.
 */
public final class Model implements AutoCloseable {
  private static final int BYTES_OF_A_NUMBER = 2;

  final Library library;
  final MemorySegment pointer;
  final MemorySegment vocabulary;
  private final int vocabularySize;
  private final int embeddingSize;
  private final int trainedContext;
  private final ReentrantReadWriteLock uses = new ReentrantReadWriteLock();
  private boolean closed;
  private volatile int longestPiece;

  private Model(Library library, MemorySegment pointer) {
    this.library = library;
    this.pointer = pointer;
    vocabulary = library.vocabularies.of(pointer);
    vocabularySize = library.vocabularies.size(vocabulary);
    embeddingSize = library.models.embeddingSize(pointer);
    trainedContext = library.models.trainedContext(pointer);
  }

  /**
   * Loads a model's file.
   *
   * @throws LlamaException if it cannot be loaded
   */
  public static Model load(Library library, Path file) {
    NativeLog.forget();
    MemorySegment pointer = library.models.load(file.toAbsolutePath().toString());
    if (Native.isNull(pointer)) {
      throw new LlamaException(
          library.build().title() + " cannot load " + file.getFileName() + reason());
    }
    return new Model(library, pointer);
  }

  private static String reason() {
    String error = NativeLog.lastError();
    return error.isEmpty() ? "" : ": " + error;
  }

  public int vocabularySize() {
    return vocabularySize;
  }

  /** Numbers of an embedding. */
  public int embeddingSize() {
    return embeddingSize;
  }

  /** Tokens of the longest text that it was trained on. */
  public int trainedContext() {
    return trainedContext;
  }

  /** Bytes of all its weights. */
  public long weightBytes() {
    return library.models.size(pointer);
  }

  /**
   * Bytes that a context needs for each token: its keys and values in all layers.
   *
   * @throws LlamaException if the model is closed
   */
  public long bytesPerToken() {
    long usual = embeddingSize / Math.max(1, library.models.heads(pointer));
    long pair = headSize("key", usual) + headSize("value", usual);
    return pair
        * library.models.keyHeads(pointer)
        * library.models.layers(pointer)
        * BYTES_OF_A_NUMBER;
  }

  /** Numbers of one head's key or value, where the file says it; not all heads share the width. */
  private long headSize(String part, long otherwise) {
    String family = metadata("general.architecture").orElse("");
    return metadata(family + ".attention." + part + "_length")
        .filter(said -> said.matches("[1-9][0-9]{0,8}"))
        .map(Long::valueOf)
        .orElse(otherwise);
  }

  /**
   * What the file says under a key.
   *
   * @throws LlamaException if the model is closed
   */
  public Optional<String> metadata(String key) {
    return used(() -> library.models.metadata(pointer, key));
  }

  /**
   * How the token that ends a text is written; empty if there is none.
   *
   * @throws LlamaException if the model is closed
   */
  public String endText() {
    return used(() -> library.vocabularies.endText(vocabulary));
  }

  /**
   * The tokens of a text, with those around it that the model wants.
   *
   * @throws LlamaException if the model is closed
   */
  public int[] tokenize(String text) {
    return used(() -> library.vocabularies.tokenize(vocabulary, text));
  }

  /**
   * Bytes of the longest token.
   *
   * @throws LlamaException if the model is closed
   */
  public int longestPiece() {
    if (longestPiece == 0) {
      longestPiece = used(this::findLongestPiece);
    }
    return longestPiece;
  }

  private int findLongestPiece() {
    int longest = 1;
    for (int token = 0; token < vocabularySize; token++) {
      longest = Math.max(longest, piece(token).length);
    }
    return longest;
  }

  private <T> T used(Supplier<T> call) {
    uses.readLock().lock();
    try {
      if (closed) {
        throw new LlamaException("the model was unloaded");
      }
      return call.get();
    } finally {
      uses.readLock().unlock();
    }
  }

  /** The bytes of a token, which need not be whole characters. */
  public byte[] piece(int token) {
    return library.vocabularies.piece(vocabulary, token);
  }

  /** Whether a token says that the answer is over. */
  public boolean isEnd(int token) {
    return library.vocabularies.isEnd(vocabulary, token);
  }

  @Override
  public void close() {
    uses.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        library.models.free(pointer);
      }
    } finally {
      uses.writeLock().unlock();
    }
  }
}
