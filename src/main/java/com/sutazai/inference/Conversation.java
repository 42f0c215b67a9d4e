package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that a model is asked to go on with.
 *
 * @param messages each with {@code role} and {@code content}
 * @param model as the caller named it; null for the configured one
 * @param options the caller's own sampling options, checked
 * @param cache whether the caller wants to be answered from what is kept; null when it does not say
 */
public record Conversation(
    ArrayNode messages, @Nullable String model, SamplingOptions options, @Nullable Boolean cache) {
  private static final int MOST = 1000;
  private static final List<String> FIELDS = List.of("content", "role");

  /** Checks what came over the wire. */
  public static Conversation of(
      @Nullable JsonNode messages,
      @Nullable String model,
      @Nullable JsonNode options,
      @Nullable Boolean cache) {
    if (!(messages instanceof ArrayNode list) || list.isEmpty() || list.size() > MOST) {
      throw ProblemException.invalid("messages", "must be an array of 1 to " + MOST + " messages");
    }
    for (int i = 0; i < list.size(); i++) {
      check("messages[" + i + "]", list.get(i));
    }
    return new Conversation(
        list, ModelName.optional("model", model), SamplingOptions.of(options), cache);
  }

  private static void check(String field, JsonNode message) {
    if (!message.isObject()) {
      throw ProblemException.invalid(field, "must be an object with role and content");
    }
    for (var name : (Iterable<String>) message::fieldNames) {
      if (!FIELDS.contains(name)) {
        throw ProblemException.invalid(
            field + "." + name, "is not a known field; known are " + FIELDS);
      }
    }
    Check.oneOf(
        field + ".role", message.path("role").textValue(), "system", "user", "assistant", "tool");
    if (!message.path("content").isTextual()) {
      throw ProblemException.invalid(field + ".content", "must be a text");
    }
  }

  /** The request for it, with the defaults in place of options that were not given. */
  ModelRequest request(
      Caller caller,
      InferenceConfig config,
      ModelRequest.Urgency urgency,
      ModelRequest.Billing billing) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode effective = options.over(config.defaults(), false);
    body.<ObjectNode>set("messages", messages).set("options", effective);
    return new ModelRequest(
        caller,
        Operation.CHAT,
        body,
        model,
        urgency,
        config.cache().ownDoors().of(effective, cache),
        billing,
        null);
  }

  /** The text that a piece of the answer carries. */
  static String text(Chunk chunk) {
    return chunk.json().path("message").path("content").asText("");
  }
}
