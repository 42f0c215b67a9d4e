package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.UnaryOperator;

/**
 * Collects the pieces of an answer by the shape that they have: what grows is put together, the
 * rest is taken from the last piece that has it.
 */
final class PiecesCollector implements Collector {
  private final Grown.Fields answer;
  private final UnaryOperator<ObjectNode> finish;
  private long size;

  /**
   * Collector of answers of one dialect.
   *
   * @param finish what is different in an answer that is no stream
   */
  PiecesCollector(Shape shape, UnaryOperator<ObjectNode> finish) {
    answer = new Grown.Fields(shape);
    this.finish = finish;
  }

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
    return finish.apply(answer.whole());
  }
}
