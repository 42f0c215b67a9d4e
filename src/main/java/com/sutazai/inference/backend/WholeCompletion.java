package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A completion of OpenAI's dialect whose pieces were put together. */
final class WholeCompletion {
  private WholeCompletion() {}

  /** The same answer as if it had not been a stream. */
  static ObjectNode of(ObjectNode whole) {
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
