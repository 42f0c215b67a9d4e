package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Collects answers of OpenAI's dialect: each choice by its index, its message out of the deltas,
 * its tool calls by their index.
 */
final class OpenAiCollector implements Collector {
  private final Grown.Fields answer = new Grown.Fields(Shape.OPENAI_ANSWER);
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
    ObjectNode whole = answer.whole();
    if ("chat.completion.chunk".equals(whole.path("object").textValue())) {
      whole.put("object", "chat.completion");
    }
    for (JsonNode choice : whole.path("choices")) {
      if (choice instanceof ObjectNode object && object.get("delta") instanceof ObjectNode delta) {
        object.remove("delta");
        object.set("message", message(delta));
      }
    }
    return whole;
  }

  /** What only a stream leaves out, and what only a stream needs. */
  private static ObjectNode message(ObjectNode delta) {
    if (!delta.has("role")) {
      delta.put("role", "assistant");
    }
    if (!delta.has("content")) {
      delta.putNull("content");
    }
    for (JsonNode call : delta.path("tool_calls")) {
      if (call instanceof ObjectNode object) {
        object.remove("index");
        if (!object.has("type")) {
          object.put("type", "function");
        }
      }
    }
    return delta;
  }
}
