package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * {@code llama_batch}: tokens of one or several sequences that are computed in one step. Its arrays
 * are memory of ours; each token belongs to one sequence. Belongs to the thread that makes it.
 */
public final class Batch implements AutoCloseable {
  static final StructLayout LAYOUT =
      new Struct()
          .integers("n_tokens")
          .padding(4)
          .pointers("token", "embd", "pos", "n_seq_id", "seq_id", "logits")
          .layout();

  private final Arena arena = Arena.ofConfined();
  private final int capacity;
  private final MemorySegment tokens;
  private final MemorySegment positions;
  private final MemorySegment sequences;
  private final MemorySegment outputs;
  private final MemorySegment struct;
  private final MemorySegment part;
  private int size;

  /**
   * An empty one.
   *
   * @param capacity tokens that it can hold; the context's batch size
   */
  public Batch(int capacity) {
    this.capacity = capacity;
    tokens = arena.allocate(JAVA_INT, capacity);
    positions = arena.allocate(JAVA_INT, capacity);
    sequences = arena.allocate(JAVA_INT, capacity);
    outputs = arena.allocate(JAVA_BYTE, capacity);
    struct = arena.allocate(LAYOUT);
    part = arena.allocate(LAYOUT);
    MemorySegment counts = arena.allocate(JAVA_INT, capacity);
    MemorySegment lists = arena.allocate(ADDRESS, capacity);
    for (int i = 0; i < capacity; i++) {
      counts.setAtIndex(JAVA_INT, i, 1);
      lists.setAtIndex(ADDRESS, i, sequences.asSlice(i * JAVA_INT.byteSize()));
    }
    point(struct, "token", tokens);
    point(struct, "pos", positions);
    point(struct, "n_seq_id", counts);
    point(struct, "seq_id", lists);
    point(struct, "logits", outputs);
  }

  private static void point(MemorySegment struct, String field, MemorySegment target) {
    struct.set(ADDRESS, Struct.offset(LAYOUT, field), target);
  }

  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /** Tokens for which there is still room. */
  public int room() {
    return capacity - size;
  }

  /**
   * Adds a token.
   *
   * @param output whether what comes after it, or its embedding, is wanted
   * @return its index in the batch
   */
  public int add(int token, int position, int sequence, boolean output) {
    if (size == capacity) {
      throw new IllegalStateException("a batch holds " + capacity + " tokens");
    }
    tokens.setAtIndex(JAVA_INT, size, token);
    positions.setAtIndex(JAVA_INT, size, position);
    sequences.setAtIndex(JAVA_INT, size, sequence);
    outputs.set(JAVA_BYTE, size, (byte) (output ? 1 : 0));
    return size++;
  }

  /** Whether each token is of the sequence after that of the token before. */
  public boolean isRun() {
    for (int i = 1; i < size; i++) {
      int before = sequences.getAtIndex(JAVA_INT, i - 1);
      if (sequences.getAtIndex(JAVA_INT, i) != before + 1) {
        return false;
      }
    }
    return true;
  }

  /** The struct of a part of the batch. */
  MemorySegment part(int from, int count) {
    if (from < 0 || count < 1 || from + count > size) {
      throw new IndexOutOfBoundsException(from + " + " + count + " of " + size);
    }
    part.copyFrom(struct);
    part.set(JAVA_INT, 0, count);
    for (String field : new String[] {"token", "pos", "n_seq_id"}) {
      move(field, from * JAVA_INT.byteSize());
    }
    move("seq_id", from * ADDRESS.byteSize());
    move("logits", from);
    return part;
  }

  private void move(String field, long bytes) {
    long offset = Struct.offset(LAYOUT, field);
    MemorySegment target = part.get(ADDRESS, offset);
    part.set(ADDRESS, offset, MemorySegment.ofAddress(target.address() + bytes));
  }

  /** Token and sequence of all are in bounds; llama.cpp ends the process where they are not. */
  void check(int vocabulary, int sequenceCount, int context) {
    for (int i = 0; i < size; i++) {
      bound("token", tokens.getAtIndex(JAVA_INT, i), vocabulary);
      bound("sequence", sequences.getAtIndex(JAVA_INT, i), sequenceCount);
      bound("position", positions.getAtIndex(JAVA_INT, i), context);
    }
  }

  private static void bound(String what, int value, int bound) {
    if (value < 0 || value >= bound) {
      throw new IllegalArgumentException(what + " " + value + " is not below " + bound);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
