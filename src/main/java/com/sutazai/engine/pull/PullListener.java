package com.sutazai.engine.pull;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Hears how far a pull is; called by one thread at a time, and waits for nothing. */
public interface PullListener {
  /** A step in Ollama's shape, with {@code status}, or with {@code error} as the last one. */
  void line(ObjectNode step);

  /** There are no more. */
  void end();
}
