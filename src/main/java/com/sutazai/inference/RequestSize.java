package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.caller.Caller;
import java.util.Objects;

/** What a request costs about, and what it begins with; read from either dialect's body. */
final class RequestSize {
  /** English text has about four characters a token. */
  private static final int CHARACTERS_PER_TOKEN = 4;

  /** A longer text is an image in base64; models take some hundred tokens for one. */
  private static final int LONGEST_TEXT = 100_000;

  private static final int IMAGE_TOKENS = 1_000;
  private static final int USUAL_ANSWER = 256;

  /** Nobody waits behind more than that, whatever limit a request names. */
  static final int LONGEST_ANSWER = 131_072;

  private static final int BEGINNING = 256;

  private RequestSize() {}

  /**
   * Tokens of the prompt, by its length, and the most that may be answered, of which {@value
   * #LONGEST_ANSWER} count. The server is told the request's own limit.
   */
  static long tokens(JsonNode body) {
    return 1 + promptTokens(body) + answerTokens(body);
  }

  private static long promptTokens(JsonNode node) {
    if (node.isTextual()) {
      int length = node.textValue().length();
      return length > LONGEST_TEXT ? IMAGE_TOKENS : length / CHARACTERS_PER_TOKEN;
    }
    long sum = 0;
    for (JsonNode child : node) {
      sum += promptTokens(child);
    }
    return sum;
  }

  /** Characters of all texts in it. */
  static long characters(JsonNode node) {
    if (node.isTextual()) {
      return node.textValue().length();
    }
    long sum = 0;
    for (JsonNode child : node) {
      sum += characters(child);
    }
    return sum;
  }

  private static long answerTokens(JsonNode body) {
    for (JsonNode limit :
        new JsonNode[] {
          body.path("options").path("num_predict"),
          body.path("max_completion_tokens"),
          body.path("max_tokens")
        }) {
      // As a double, which holds any number: a long would wrap around.
      double named = limit.doubleValue();
      if (limit.isIntegralNumber() && named > 0) {
        return (long) Math.min(named, LONGEST_ANSWER);
      }
    }
    return USUAL_ANSWER;
  }

  /** Equal for requests of one caller that begin alike. */
  static int conversation(Caller caller, String model, JsonNode body) {
    JsonNode messages = body.path("messages");
    JsonNode first = messages.path(0).path("content");
    JsonNode second = messages.path(1).path("content");
    String prompt = body.path("prompt").asText("");
    return Objects.hash(
        caller.owner(),
        model,
        beginning(prompt),
        beginning(first.toString()),
        beginning(second.toString()));
  }

  private static String beginning(String text) {
    return text.length() > BEGINNING ? text.substring(0, BEGINNING) : text;
  }
}
