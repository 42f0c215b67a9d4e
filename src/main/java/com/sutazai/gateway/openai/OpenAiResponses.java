package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Requests of {@code /v1/responses} as chat completions. Nothing is kept between requests, so what
 * refers to an earlier one is refused. Fields that nobody named yet go to the model server as they
 * are.
 */
final class OpenAiResponses {
  /** Read here, or of no meaning to the answer. */
  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "input",
          "instructions",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "text",
          "max_output_tokens",
          "reasoning",
          "top_logprobs",
          "include",
          "stream",
          "stream_options",
          "previous_response_id",
          "conversation",
          "prompt",
          "store",
          "background",
          "truncation",
          "max_tool_calls",
          "metadata",
          "service_tier",
          "prompt_cache_key",
          "safety_identifier");

  private OpenAiResponses() {}

  /**
   * What to ask {@code CHAT_COMPLETIONS} for.
   *
   * @param refused what cannot be served; empty when the body says all that the request said
   */
  record Asked(ObjectNode body, List<Refusal> refused) {
    Asked {
      refused = List.copyOf(refused);
    }
  }

  static Asked request(ObjectNode given) {
    List<Refusal> refused = new ArrayList<>();
    refuseState(given, refused);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : given.properties()) {
      if (!NOT_PASSED_ON.contains(field.getKey()) && !field.getValue().isNull()) {
        body.set(field.getKey(), field.getValue());
      }
    }
    body.set("messages", ResponseInput.messages(given, refused));
    ResponseTools.add(given, body, refused);
    addFormat(given.path("text"), body, refused);
    addLimits(given, body);
    addLogprobs(given, body, refused);
    body.put("stream", true).putObject("stream_options").put("include_usage", true);
    return new Asked(body, refused);
  }

  private static void refuseState(ObjectNode given, List<Refusal> refused) {
    for (String field : List.of("previous_response_id", "conversation")) {
      if (given.hasNonNull(field)) {
        refused.add(
            new Refusal(
                field,
                "is not served: answers are not kept; send the whole conversation as input"));
      }
    }
    if (given.hasNonNull("prompt")) {
      refused.add(new Refusal("prompt", "is not served: no prompts are kept; send it as input"));
    }
    if (given.path("store").asBoolean(false)) {
      refused.add(new Refusal("store", "must be false: answers are not kept"));
    }
    if (given.path("background").asBoolean(false)) {
      refused.add(
          new Refusal(
              "background",
              "must be false: answers are not kept; use /v1/batches for work that can wait"));
    }
    if (given.hasNonNull("truncation")
        && !"disabled".equals(given.path("truncation").textValue())) {
      refused.add(new Refusal("truncation", "must be disabled: no input is left out"));
    }
    if (given.hasNonNull("max_tool_calls")) {
      refused.add(
          new Refusal(
              "max_tool_calls", "is not served: it limits built-in tools, and there are none"));
    }
  }

  private static void addFormat(JsonNode text, ObjectNode body, List<Refusal> refused) {
    JsonNode format = text.path("format");
    switch (format.path("type").asText("text")) {
      case "text" -> {}
      case "json_object" -> body.putObject("response_format").put("type", "json_object");
      case "json_schema" -> {
        ObjectNode schema =
            body.putObject("response_format").put("type", "json_schema").putObject("json_schema");
        for (String field : List.of("name", "description", "schema", "strict")) {
          if (format.hasNonNull(field)) {
            schema.set(field, format.get(field));
          }
        }
      }
      default ->
          refused.add(new Refusal("text.format.type", "must be text, json_object or json_schema"));
    }
    if (text.hasNonNull("verbosity")) {
      body.set("verbosity", text.get("verbosity"));
    }
  }

  private static void addLimits(ObjectNode given, ObjectNode body) {
    if (given.hasNonNull("max_output_tokens")) {
      body.set("max_tokens", given.get("max_output_tokens"));
    }
    if (given.path("reasoning").hasNonNull("effort")) {
      body.set("reasoning_effort", given.path("reasoning").get("effort"));
    }
  }

  /** Reasoning is always given in clear, so nobody needs it encrypted. */
  private static void addLogprobs(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    boolean asked = given.path("top_logprobs").asInt(0) > 0;
    JsonNode include = given.path("include");
    for (int i = 0; i < include.size(); i++) {
      switch (include.path(i).asText("")) {
        case "message.output_text.logprobs" -> asked = true;
        case "reasoning.encrypted_content" -> {}
        default -> refused.add(new Refusal("include[" + i + "]", "names what no answer here has"));
      }
    }
    if (asked) {
      body.put("logprobs", true);
      if (given.path("top_logprobs").asInt(0) > 0) {
        body.set("top_logprobs", given.get("top_logprobs"));
      }
    }
  }
}
