package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Operation;
import java.util.List;

/**
 * A completion of several prompts. Each is asked as a request of its own: it waits fairly for a
 * slot of its own, which a list inside of one request would take unseen, it may be answered from
 * memory, and it makes no difference which servers know lists.
 */
final class PromptList {
  private static final String PROMPT = "prompt";

  private PromptList() {}

  /** Whether the request has more than one prompt: texts, or each a list of tokens. */
  static boolean isOne(ModelRequest request) {
    JsonNode prompt = request.body().path(PROMPT);
    return request.operation() == Operation.COMPLETIONS
        && prompt.isArray()
        && prompt.size() > 1
        && (prompt.valueStream().allMatch(JsonNode::isTextual)
            || prompt.valueStream().allMatch(JsonNode::isArray));
  }

  /** A request for each prompt, in their order. */
  static List<ModelRequest> split(ModelRequest request) {
    return request.body().path(PROMPT).valueStream().map(each -> of(request, each)).toList();
  }

  private static ModelRequest of(ModelRequest request, JsonNode prompt) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.setAll(request.body());
    body.set(PROMPT, prompt);
    return request.asking(body);
  }

  /** Answers that each prompt gets: the choices of one prompt stand before those of the next. */
  static int choices(ModelRequest request) {
    return Math.max(1, request.body().path("n").asInt(1));
  }
}
