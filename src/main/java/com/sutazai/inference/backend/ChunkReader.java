package com.sutazai.inference.backend;

import java.util.List;

/** Reads the lines of one streamed answer, in order. */
public interface ChunkReader {
  /**
   * What the line holds; often one piece, and none for lines that only separate.
   *
   * @throws ModelFailure when the line is no part of such an answer, or tells of an error
   */
  List<Chunk> read(byte[] line) throws ModelFailure;

  /** Whether the answer is whole if nothing follows, although nothing said that it is the last. */
  boolean mayEnd();

  /** What is left to give when nothing follows; asked once, and only when it {@link #mayEnd}. */
  default List<Chunk> end() throws ModelFailure {
    return List.of();
  }
}
