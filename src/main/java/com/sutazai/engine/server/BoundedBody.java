package com.sutazai.engine.server;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** A request's body as it comes; of one that is too large only the length is kept. */
final class BoundedBody {
  private final long largest;
  private Buffer parts = Buffer.buffer();
  private long length;

  /**
   * Nothing yet.
   *
   * @param largest bytes that are kept
   */
  BoundedBody(long largest) {
    this.largest = largest;
  }

  void add(Buffer part) {
    length += part.length();
    if (length <= largest) {
      parts.appendBuffer(part);
    } else {
      parts = Buffer.buffer();
    }
  }

  /** Bytes that came, kept or not. */
  long length() {
    return length;
  }

  /** All of it; empty when it is too large. */
  Optional<Buffer> whole() {
    return length <= largest ? Optional.of(parts) : Optional.empty();
  }
}
