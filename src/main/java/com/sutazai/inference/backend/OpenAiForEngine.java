package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A request of OpenAI's dialect in Ollama's words, which are all that the engine inside knows. */
final class OpenAiForEngine {
  private static final String REASON = "is not served by the engine inside";

  private static final Set<String> SAME =
      Set.of(
          "temperature",
          "top_k",
          "top_p",
          "min_p",
          "seed",
          "stop",
          "presence_penalty",
          "frequency_penalty");

  private final ObjectNode asked;
  private final ObjectNode body = JsonNodeFactory.instance.objectNode();
  private final List<Refusal> refused = new ArrayList<>();

  private OpenAiForEngine(ObjectNode asked) {
    this.asked = asked;
  }

  static Wire wire(Operation operation, ObjectNode asked, String model, InstantSource clock) {
    Refusal.requireNone(OpenAiOverOllama.refused(asked, REASON));
    OpenAiForEngine request = new OpenAiForEngine(asked);
    Operation own = request.translate(operation);
    Refusal.requireNone(request.refused);
    ObjectNode body = request.body.put("model", model);
    if (own.streams()) {
      body.put("stream", true);
    }
    ChunkReader reader =
        own == Operation.EMBED
            ? new EngineEmbeddings(model, asked.path("encoding_format").asText("float"))
            : new EngineCompletion(operation == Operation.CHAT_COMPLETIONS, model, clock);
    return new Wire(own.path(), body, reader);
  }

  private Operation translate(Operation operation) {
    if (operation == Operation.EMBEDDINGS) {
      for (String field : List.of("input", "dimensions")) {
        if (asked.has(field)) {
          body.set(field, asked.path(field));
        }
      }
      return Operation.EMBED;
    }
    refuseSet("logprobs", "tools", "functions", "suffix", "echo", "audio");
    options();
    format(asked.path("response_format"));
    if (operation == Operation.CHAT_COMPLETIONS) {
      messages(body.putArray("messages"));
      return Operation.CHAT;
    }
    body.put("raw", true).set("prompt", asked.path("prompt"));
    return Operation.GENERATE;
  }

  private void refuseSet(String... fields) {
    for (String field : fields) {
      JsonNode value = asked.path(field);
      boolean isSet =
          value.isContainerNode() ? !value.isEmpty() : value.asBoolean(Lines.isText(value));
      if (isSet) {
        refused.add(new Refusal(field, REASON));
      }
    }
  }

  /** OpenAI's own defaults, where they differ from Ollama's. */
  private void options() {
    ObjectNode options = body.putObject("options").put("temperature", 1).put("top_p", 1);
    for (String name : SAME) {
      if (asked.hasNonNull(name)) {
        options.set(name, asked.path(name));
      }
    }
    for (String name : List.of("max_tokens", "max_completion_tokens")) {
      if (asked.hasNonNull(name)) {
        options.set("num_predict", asked.path(name));
      }
    }
  }

  private void format(JsonNode format) {
    switch (format.path("type").asText("text")) {
      case "text" -> {}
      case "json_object" -> body.put("format", "json");
      case "json_schema" -> body.set("format", schema(format));
      default -> refused.add(new Refusal("response_format.type", REASON));
    }
  }

  private static JsonNode schema(JsonNode format) {
    JsonNode schema = format.at("/json_schema/schema");
    return schema.isObject() ? schema : format.path("schema");
  }

  private void messages(ArrayNode to) {
    int i = 0;
    for (JsonNode each : asked.path("messages")) {
      String role = each.path("role").asText();
      if (!each.path("tool_calls").isEmpty() || role.equals("tool") || role.equals("function")) {
        refused.add(new Refusal("messages[" + i + "].tool_calls", REASON));
      }
      to.addObject()
          .put("role", role.equals("developer") ? "system" : role)
          .put("content", text(each.path("content"), "messages[" + i + "].content"));
      i++;
    }
  }

  /** A text, or the texts of parts. */
  private String text(JsonNode content, String place) {
    if (!content.isArray()) {
      return content.asText("");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("text").isTextual()) {
        refused.add(new Refusal(place, "may have parts of type text only: the rest " + REASON));
      }
      text.append(part.path("text").asText(""));
    }
    return text.toString();
  }
}
