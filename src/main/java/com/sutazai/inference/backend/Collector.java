package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Puts the pieces of one streamed answer together to what the same call answers without a stream.
 */
public interface Collector {
  /** Takes the next piece, in order. */
  void add(Chunk chunk);

  /** Characters of text taken so far: what it keeps is bounded by its user. */
  long size();

  /** The whole answer, after the last piece. */
  ObjectNode whole();
}
