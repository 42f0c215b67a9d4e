package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Collects answers of Ollama's dialect: texts, tool calls and log probabilities of all pieces, the
 * rest from the last piece that has it.
 */
final class OllamaCollector implements Collector {
  private final Grown.Fields answer = new Grown.Fields(Shape.OLLAMA_ANSWER);
  private long size;

  @Override
  public void add(Chunk chunk) {
    size += answer.add(chunk.json());
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ObjectNode whole() {
    return answer.whole();
  }
}
