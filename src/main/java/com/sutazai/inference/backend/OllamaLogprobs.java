package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Log probabilities of OpenAI's two forms, that of chats and that of completions, as Ollama's. */
final class OllamaLogprobs {
  private OllamaLogprobs() {}

  /** One entry a token; empty where the piece has none. */
  static ArrayNode of(JsonNode logprobs) {
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    for (JsonNode each : logprobs.path("content")) {
      ObjectNode entry = token(each);
      for (JsonNode other : each.path("top_logprobs")) {
        entry.withArrayProperty("top_logprobs").add(token(other));
      }
      entries.add(entry);
    }
    JsonNode tokens = logprobs.path("tokens");
    for (int i = 0; i < tokens.size(); i++) {
      ObjectNode entry = entries.addObject();
      entry.set("token", tokens.get(i));
      if (logprobs.path("token_logprobs").path(i).isNumber()) {
        entry.set("logprob", logprobs.path("token_logprobs").get(i));
      }
      for (Map.Entry<String, JsonNode> other : logprobs.path("top_logprobs").path(i).properties()) {
        entry
            .withArrayProperty("top_logprobs")
            .addObject()
            .put("token", other.getKey())
            .set("logprob", other.getValue());
      }
    }
    return entries;
  }

  private static ObjectNode token(JsonNode given) {
    ObjectNode token = JsonNodeFactory.instance.objectNode();
    token.put("token", given.path("token").asText(""));
    if (given.path("logprob").isNumber()) {
      token.set("logprob", given.get("logprob"));
    }
    if (given.path("bytes").isArray()) {
      token.set("bytes", given.get("bytes"));
    }
    return token;
  }
}
