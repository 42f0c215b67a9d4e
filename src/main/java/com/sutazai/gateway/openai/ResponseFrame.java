package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The object {@code response} around an output. It repeats what the request said; a sampling value
 * that the request left to the model server is null, because nobody here knows it.
 */
record ResponseFrame(String id, String model, long createdAt, ObjectNode request) {
  private static final List<String> REPEATED =
      List.of(
          "instructions",
          "max_output_tokens",
          "temperature",
          "top_p",
          "top_logprobs",
          "user",
          "safety_identifier",
          "prompt_cache_key");

  ObjectNode around(String status, ArrayNode output) {
    ObjectNode response =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", "resp_" + id)
            .put("object", "response")
            .put("created_at", createdAt)
            .put("status", status)
            .put("model", model)
            .put("background", false)
            .put("store", false)
            .put("truncation", "disabled")
            .put("service_tier", "default");
    for (String none :
        List.of("error", "incomplete_details", "previous_response_id", "max_tool_calls", "usage")) {
      response.putNull(none);
    }
    response.set("output", output);
    repeat(response);
    return response;
  }

  private void repeat(ObjectNode response) {
    for (String field : REPEATED) {
      response.set(field, given(field));
    }
    response.put("parallel_tool_calls", request.path("parallel_tool_calls").asBoolean(true));
    response.set("metadata", orElse("metadata", JsonNodeFactory.instance.objectNode()));
    response.set("tools", orElse("tools", JsonNodeFactory.instance.arrayNode()));
    response.set("tool_choice", orElse("tool_choice", JsonNodeFactory.instance.textNode("auto")));
    ObjectNode text = JsonNodeFactory.instance.objectNode();
    text.putObject("format").put("type", "text");
    if (request.path("text") instanceof ObjectNode said) {
      text.setAll(said);
    }
    response.set("text", text);
    ObjectNode reasoning = response.putObject("reasoning").putNull("effort").putNull("summary");
    if (request.path("reasoning") instanceof ObjectNode said) {
      reasoning.setAll(said);
    }
  }

  private JsonNode given(String field) {
    return orElse(field, JsonNodeFactory.instance.nullNode());
  }

  private JsonNode orElse(String field, JsonNode none) {
    return request.hasNonNull(field) ? request.path(field) : none;
  }
}
