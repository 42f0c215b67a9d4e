package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What Ollama's face of OpenAI's API leaves out without a word, so that it is refused instead. */
final class OpenAiOverOllama {
  static final String REASON =
      "is not served by Ollama; ask a server with OpenAI's API for it (OPENAI_BASE_URL)";

  private OpenAiOverOllama() {}

  /** Those that are set, each refused for that reason. */
  static List<Refusal> refused(ObjectNode asked, String reason) {
    List<Refusal> refused = new ArrayList<>();
    if (asked.path("n").asInt(1) > 1) {
      refused.add(new Refusal("n", reason));
    }
    if (!asked.path("logit_bias").isEmpty()) {
      refused.add(new Refusal("logit_bias", reason));
    }
    JsonNode choice = asked.path("tool_choice");
    if (choice.isObject() || choice.asText("auto").equals("required")) {
      refused.add(new Refusal("tool_choice", reason));
    }
    if (asked.path("prompt").isArray()) {
      refused.add(new Refusal("prompt", "must be one text: a list " + reason));
    }
    return refused;
  }
}
