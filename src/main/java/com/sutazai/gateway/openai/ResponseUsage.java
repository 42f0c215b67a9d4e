package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Tokens of a chat completion in the names of a response. */
final class ResponseUsage {
  private ResponseUsage() {}

  /** Null when the model server counted nothing; details only where it told them. */
  static @Nullable ObjectNode of(JsonNode usage) {
    if (!usage.path("prompt_tokens").isIntegralNumber()) {
      return null;
    }
    long input = usage.path("prompt_tokens").longValue();
    long output = usage.path("completion_tokens").asLong(0);
    ObjectNode response = JsonNodeFactory.instance.objectNode();
    response
        .put("input_tokens", input)
        .put("output_tokens", output)
        .put("total_tokens", usage.path("total_tokens").asLong(input + output));
    JsonNode cached = usage.path("prompt_tokens_details").path("cached_tokens");
    if (cached.isIntegralNumber()) {
      response.putObject("input_tokens_details").set("cached_tokens", cached);
    }
    JsonNode reasoning = usage.path("completion_tokens_details").path("reasoning_tokens");
    if (reasoning.isIntegralNumber()) {
      response.putObject("output_tokens_details").set("reasoning_tokens", reasoning);
    }
    return response;
  }
}
