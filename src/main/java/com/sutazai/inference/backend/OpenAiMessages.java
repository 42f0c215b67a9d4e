package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Ollama's messages in OpenAI's words. Ollama ties a tool's answer to its call by the tool's name,
 * OpenAI by an identifier, so calls without one get one, and answers that of the first call which
 * waits for them.
 */
final class OpenAiMessages {
  private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();
  private final List<Call> waiting = new ArrayList<>();
  private final List<Refusal> refused;
  private int made;

  private record Call(String id, String name) {}

  OpenAiMessages(List<Refusal> refused) {
    this.refused = refused;
  }

  ArrayNode all() {
    return messages;
  }

  void say(String role, String text) {
    messages.addObject().put("role", role).put("content", text);
  }

  /** A question, with the images that it is about. */
  void ask(String text, JsonNode images) {
    ObjectNode message = messages.addObject().put("role", "user");
    content(message, text, images, "images");
  }

  void addAll(JsonNode given) {
    for (int i = 0; i < given.size(); i++) {
      String place = "messages[" + i + "]";
      if (given.get(i) instanceof ObjectNode message) {
        add(message, place);
      } else {
        refused.add(new Refusal(place, "must be a JSON object"));
      }
    }
  }

  private void add(ObjectNode given, String place) {
    String role = given.path("role").asText("");
    ObjectNode message = messages.addObject().put("role", role);
    JsonNode calls = given.path("tool_calls");
    if (calls.isEmpty() || given.hasNonNull("content")) {
      content(message, given.path("content").asText(""), given.path("images"), place + ".images");
    } else {
      message.putNull("content");
    }
    if (Lines.isText(given.path("thinking"))) {
      message.set("reasoning_content", given.get("thinking"));
    }
    for (JsonNode call : calls) {
      message.withArrayProperty("tool_calls").add(call(call));
    }
    if (role.equals("tool")) {
      answer(message, given);
    }
  }

  private ObjectNode call(JsonNode given) {
    JsonNode function = given.path("function");
    JsonNode arguments = function.path("arguments");
    String name = function.path("name").asText("");
    String id = Lines.isText(given.path("id")) ? given.path("id").textValue() : makeId();
    waiting.add(new Call(id, name));
    ObjectNode call = JsonNodeFactory.instance.objectNode().put("id", id).put("type", "function");
    call.putObject("function")
        .put("name", name)
        .put(
            "arguments",
            arguments.isTextual()
                ? arguments.textValue()
                : arguments.isObject() ? arguments.toString() : "{}");
    return call;
  }

  private void answer(ObjectNode message, ObjectNode given) {
    String id = given.path("tool_call_id").asText("");
    String name = given.path("tool_name").asText("");
    message.put("tool_call_id", answered(id, name));
    if (!name.isEmpty()) {
      message.put("name", name);
    }
  }

  private String answered(String id, String name) {
    for (Iterator<Call> each = waiting.iterator(); each.hasNext(); ) {
      Call call = each.next();
      if (id.isEmpty() ? name.isEmpty() || name.equals(call.name) : id.equals(call.id)) {
        each.remove();
        return call.id;
      }
    }
    return id.isEmpty() ? makeId() : id;
  }

  /** Nine letters and digits: the templates of some models take nothing else. */
  private String makeId() {
    made++;
    return "call" + "0".repeat(Math.max(0, 5 - String.valueOf(made).length())) + made;
  }

  private void content(ObjectNode message, String text, JsonNode images, String place) {
    if (images.isEmpty()) {
      message.put("content", text);
      return;
    }
    ArrayNode parts = message.putArray("content");
    if (!text.isEmpty()) {
      parts.addObject().put("type", "text").put("text", text);
    }
    for (int i = 0; i < images.size(); i++) {
      String image = images.get(i).asText("");
      String type = ImageType.of(image);
      if (type == null) {
        refused.add(
            new Refusal(place + "[" + i + "]", "must be a PNG, JPEG, WebP or GIF image in base64"));
      } else {
        parts
            .addObject()
            .put("type", "image_url")
            .putObject("image_url")
            .put("url", "data:" + type + ";base64," + image);
      }
    }
  }
}
