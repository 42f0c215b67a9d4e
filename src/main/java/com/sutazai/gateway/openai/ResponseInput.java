package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * The input of a response request as chat messages. What a response tells in several items
 * (reasoning, text, calls) is one message of the assistant in a chat.
 */
final class ResponseInput {
  private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();
  private final List<Refusal> refused;

  /** The assistant's message that the next items may belong to. */
  private ObjectNode turn = JsonNodeFactory.instance.objectNode();

  private ResponseInput(List<Refusal> refused) {
    this.refused = refused;
  }

  static ArrayNode messages(ObjectNode given, List<Refusal> refused) {
    ResponseInput input = new ResponseInput(refused);
    String instructions = given.path("instructions").asText("");
    if (!instructions.isEmpty()) {
      input.message("system", JsonNodeFactory.instance.textNode(instructions), "instructions");
    }
    input.addAll(given.path("input"));
    return input.messages;
  }

  private void addAll(JsonNode input) {
    if (input.isTextual()) {
      message("user", input, "input");
    } else if (input.isArray() && !input.isEmpty()) {
      for (int i = 0; i < input.size(); i++) {
        add(input.get(i), "input[" + i + "]");
      }
    } else {
      refused.add(new Refusal("input", "must be a text or an array of at least one item"));
    }
  }

  private void add(JsonNode item, String place) {
    if (!item.isObject()) {
      refused.add(new Refusal(place, "must be an object"));
      return;
    }
    switch (item.path("type").asText("message")) {
      case "message" ->
          message(item.path("role").asText("user"), item.path("content"), place + ".content");
      case "reasoning" -> reasoning(item, place);
      case "function_call" -> call(item);
      case "function_call_output" -> {
        endTurn();
        ObjectNode message = messages.addObject().put("role", "tool");
        message.set("tool_call_id", item.path("call_id"));
        message.set("content", content(item.path("output"), place + ".output"));
      }
      default ->
          refused.add(
              new Refusal(
                  place + ".type",
                  "must be message, reasoning, function_call or function_call_output"));
    }
  }

  private void message(String role, JsonNode given, String place) {
    JsonNode content = content(given, place);
    if (role.equals("assistant")) {
      if (turn.has("content") || turn.has("tool_calls")) {
        endTurn();
      }
      turn().set("content", content);
      return;
    }
    endTurn();
    // Only OpenAI's own models know developers.
    String known = role.equals("developer") ? "system" : role;
    if (known.equals("system")
        && content.isTextual()
        && messages.path(messages.size() - 1) instanceof ObjectNode before
        && before.path("role").asText("").equals("system")
        && before.path("content").isTextual()) {
      // Many templates take one message of the system, and only at the beginning.
      before.put("content", before.path("content").textValue() + "\n\n" + content.textValue());
      return;
    }
    messages.addObject().put("role", known).set("content", content);
  }

  private void reasoning(JsonNode item, String place) {
    List<String> texts = new ArrayList<>();
    item.path("content").forEach(part -> texts.add(part.path("text").asText("")));
    if (texts.isEmpty()) {
      item.path("summary").forEach(part -> texts.add(part.path("text").asText("")));
    }
    if (texts.isEmpty() && item.hasNonNull("encrypted_content")) {
      refused.add(
          new Refusal(
              place + ".encrypted_content", "cannot be read here; send the reasoning in content"));
      return;
    }
    if (turn.has("content") || turn.has("tool_calls")) {
      endTurn();
    }
    String before = turn.path("reasoning_content").asText("");
    turn().put("reasoning_content", before + String.join("\n", texts));
  }

  private void call(JsonNode item) {
    ObjectNode call = turn().withArrayProperty("tool_calls").addObject().put("type", "function");
    call.set("id", item.path("call_id"));
    call.putObject("function")
        .put("name", item.path("name").asText(""))
        .put("arguments", item.path("arguments").asText(""));
  }

  private ObjectNode turn() {
    if (turn.isEmpty()) {
      turn = messages.addObject().put("role", "assistant");
    }
    return turn;
  }

  private void endTurn() {
    turn = JsonNodeFactory.instance.objectNode();
  }

  /** A text where all parts are texts, because not every server takes parts from every role. */
  private JsonNode content(JsonNode given, String place) {
    if (given.isTextual()) {
      return given;
    }
    if (!given.isArray()) {
      refused.add(new Refusal(place, "must be a text or an array of parts"));
    }
    ArrayNode parts = JsonNodeFactory.instance.arrayNode();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      part(given.path(i), parts, texts, place + "[" + i + "]");
    }
    return texts.size() == parts.size()
        ? JsonNodeFactory.instance.textNode(String.join("\n", texts))
        : parts;
  }

  private void part(JsonNode given, ArrayNode parts, List<String> texts, String place) {
    switch (given.path("type").asText("")) {
      case "input_text", "output_text", "text", "refusal" -> {
        String text = given.path("text").asText(given.path("refusal").asText(""));
        texts.add(text);
        parts.addObject().put("type", "text").put("text", text);
      }
      case "input_image" -> {
        if (!given.path("image_url").isTextual()) {
          refused.add(new Refusal(place + ".image_url", "is required: no files are kept"));
          return;
        }
        ObjectNode image = parts.addObject().put("type", "image_url").putObject("image_url");
        image.set("url", given.get("image_url"));
        if (given.hasNonNull("detail")) {
          image.set("detail", given.get("detail"));
        }
      }
      default ->
          refused.add(
              new Refusal(place + ".type", "must be input_text, output_text or input_image"));
    }
  }
}
