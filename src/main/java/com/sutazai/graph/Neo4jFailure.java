package com.sutazai.graph;

import org.jspecify.annotations.Nullable;

/** Neo4j did not do what it was asked; the message says why. */
final class Neo4jFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Neo4jFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
