package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.error.ProblemException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What every server with OpenAI's API asks of a request's fields. What it breaks is told in the
 * words that the caller used, before any server is asked; bounds in which servers differ are theirs
 * to tell.
 */
final class OpenAiFields {
  private static final int MOST_PROMPTS = 2048;
  private static final Set<String> ENCODINGS = Set.of("float", "base64");

  private OpenAiFields() {}

  /** Ends the request with 400 at the first field that is not as it must be. */
  static void check(Operation operation, JsonNode body) {
    if (operation == Operation.EMBEDDINGS) {
      embeddings(body);
      return;
    }
    if (operation == Operation.CHAT_COMPLETIONS) {
      messages(body.path("messages"));
    } else {
      require(body, "prompt", OpenAiFields::isText, "must be a text or an array that is not empty");
      require(
          body,
          "prompt",
          value -> value.size() <= MOST_PROMPTS || value.path(0).isNumber(),
          "must have at most " + MOST_PROMPTS + " prompts");
    }
    sampling(body);
    format(body.path("response_format"));
  }

  private static void embeddings(JsonNode body) {
    require(body, "input", OpenAiFields::isText, "must be a text or an array that is not empty");
    expect(
        body,
        "encoding_format",
        value -> ENCODINGS.contains(value.asText()),
        "must be \"float\" or \"base64\"");
    expect(
        body,
        "dimensions",
        value -> value.isIntegralNumber() && value.longValue() > 0,
        "must be a whole number of 1 or more");
  }

  private static void messages(JsonNode messages) {
    if (!messages.isArray() || messages.isEmpty()) {
      throw ProblemException.invalid("messages", "must be an array of at least one message");
    }
    for (int i = 0; i < messages.size(); i++) {
      message(messages.get(i), "messages[" + i + "]");
    }
  }

  private static void message(JsonNode message, String place) {
    if (!message.isObject()) {
      throw ProblemException.invalid(place, "must be an object with a role and content");
    }
    JsonNode role = message.path("role");
    if (!role.isTextual() || role.textValue().isBlank()) {
      throw ProblemException.invalid(
          place + ".role", "must be a text, such as \"user\", \"assistant\" or \"system\"");
    }
    JsonNode content = message.path("content");
    boolean absent = content.isMissingNode() || content.isNull();
    boolean mayBeAbsent = role.textValue().equals("assistant");
    if (absent ? !mayBeAbsent : !content.isTextual() && !isOfObjects(content)) {
      throw ProblemException.invalid(place + ".content", "must be a text or an array of parts");
    }
  }

  private static void sampling(JsonNode body) {
    for (String field : List.of("max_tokens", "max_completion_tokens")) {
      expect(
          body,
          field,
          value -> value.isIntegralNumber() && value.doubleValue() >= -1,
          "must be a whole number, or -1 for no limit");
    }
    expect(
        body,
        "temperature",
        value -> value.isNumber() && value.doubleValue() >= 0,
        "must be a number of 0 or more");
    expect(
        body,
        "top_p",
        value -> value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() <= 1,
        "must be a number between 0 and 1");
    for (String field : List.of("presence_penalty", "frequency_penalty")) {
      expect(body, field, JsonNode::isNumber, "must be a number");
    }
    expect(body, "seed", JsonNode::isIntegralNumber, "must be a whole number");
    expect(
        body,
        "n",
        value -> value.isIntegralNumber() && value.doubleValue() >= 1,
        "must be a whole number of 1 or more");
    expect(
        body,
        "stop",
        value -> value.isTextual() || isOf(value, JsonNode::isTextual),
        "must be a text or an array of texts");
    expect(body, "stream_options", JsonNode::isObject, "must be an object");
  }

  /** A schema stands where OpenAI has it, or beside the type, as llama-server takes it too. */
  private static void format(JsonNode format) {
    if (format.isMissingNode() || format.isNull()) {
      return;
    }
    if (!format.path("type").isTextual()) {
      throw ProblemException.invalid("response_format", "must be an object with a type");
    }
    if (format.path("type").textValue().equals("json_schema")
        && !format.at("/json_schema/schema").isObject()
        && !format.path("schema").isObject()) {
      throw ProblemException.invalid(
          "response_format.json_schema.schema", "must be a JSON schema, which is an object");
    }
  }

  private static boolean isText(JsonNode value) {
    return value.isTextual() || (value.isArray() && !value.isEmpty());
  }

  private static boolean isOfObjects(JsonNode value) {
    return isOf(value, JsonNode::isObject);
  }

  private static boolean isOf(JsonNode value, Predicate<JsonNode> each) {
    return value.isArray() && value.valueStream().allMatch(each);
  }

  private static void require(
      JsonNode body, String field, Predicate<JsonNode> fits, String otherwise) {
    if (!fits.test(body.path(field))) {
      throw ProblemException.invalid(field, otherwise);
    }
  }

  /** The same of a field that may be left out. */
  private static void expect(
      JsonNode body, String field, Predicate<JsonNode> fits, String otherwise) {
    if (body.hasNonNull(field) && !fits.test(body.path(field))) {
      throw ProblemException.invalid(field, otherwise);
    }
  }
}
