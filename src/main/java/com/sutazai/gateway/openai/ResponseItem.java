package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** One item of a response's output, as far as it has come. */
sealed interface ResponseItem {

  /** As it is written with that status. */
  ObjectNode json(String status);

  String id();

  /** Its index in the output. */
  int place();

  /** What a part of a spoken item holds; the names are those of its type and of its events. */
  enum PartType {
    OUTPUT_TEXT("output_text", "text"),
    REFUSAL("refusal", "refusal"),
    REASONING_TEXT("reasoning_text", "text");

    private final String type;
    private final String field;

    PartType(String type, String field) {
      this.type = type;
      this.field = field;
    }

    String type() {
      return type;
    }

    /** The field that holds its text. */
    String field() {
      return field;
    }

    boolean isReasoning() {
      return this == REASONING_TEXT;
    }
  }

  /** A text of one kind. */
  record Part(PartType type, StringBuilder text, ArrayNode logprobs) {
    static Part empty(PartType type) {
      return new Part(type, new StringBuilder(), JsonNodeFactory.instance.arrayNode());
    }

    ObjectNode json() {
      ObjectNode part = JsonNodeFactory.instance.objectNode().put("type", type.type());
      if (type == PartType.OUTPUT_TEXT) {
        part.putArray("annotations");
        part.putArray("logprobs").addAll(logprobs);
      }
      return part.put(type.field(), text.toString());
    }
  }

  /** What the model says: a message, or the reasoning before it. */
  record Spoken(String id, int place, boolean reasoning, List<Part> parts) implements ResponseItem {

    static Spoken begin(String id, int place, boolean reasoning) {
      return new Spoken(id, place, reasoning, new ArrayList<>());
    }

    @Override
    public ObjectNode json(String status) {
      ObjectNode item = JsonNodeFactory.instance.objectNode().put("id", id);
      if (reasoning) {
        item.put("type", "reasoning").put("status", status).putArray("summary");
      } else {
        item.put("type", "message").put("status", status).put("role", "assistant");
      }
      ArrayNode content = item.putArray("content");
      parts.forEach(part -> content.add(part.json()));
      return item;
    }
  }

  /** A function that the model wants called. */
  record FunctionCall(String id, int place, String callId, String name, StringBuilder arguments)
      implements ResponseItem {

    @Override
    public ObjectNode json(String status) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("id", id)
          .put("type", "function_call")
          .put("status", status)
          .put("call_id", callId)
          .put("name", name)
          .put("arguments", arguments.toString());
    }
  }
}
