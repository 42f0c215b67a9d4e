package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.ModelFailure.Kind;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What both dialects' readers need: JSON objects out of bytes, and errors out of JSON. */
final class Lines {
  private static final int LONGEST_ERROR = 500;
  private static final ObjectReader JSON =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Lines() {}

  static ObjectNode object(byte[] line, int from) throws ModelFailure {
    try {
      if (JSON.readTree(line, from, line.length - from) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      // told below; the parser's words may hold a part of the answer
    }
    throw garbled("a line that is no JSON object");
  }

  /**
   * The object's own bytes, to be passed on as they are: these from {@code from} to {@code end}, or
   * null where they would not stay one line in every stream.
   */
  static byte @Nullable [] written(byte[] line, int from, int end) {
    if (from == end || line[from] != '{') {
      return null;
    }
    for (int i = from; i < end; i++) {
      if (line[i] >= 0 && line[i] < ' ' && line[i] != '\t') {
        return null;
      }
    }
    return from == 0 && end == line.length ? line : Arrays.copyOfRange(line, from, end);
  }

  /** Where the line ends without its carriage return and spaces. */
  static int trimmed(byte[] line) {
    int length = line.length;
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' ')) {
      length--;
    }
    return length;
  }

  /** The object written in a text, or null when it is none. */
  static @Nullable ObjectNode objectIn(String text) {
    try {
      return JSON.readTree(text) instanceof ObjectNode object ? object : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** An error where an answer was expected: Ollama sends a text, OpenAI's dialect an object. */
  static ObjectNode sound(ObjectNode answer) throws ModelFailure {
    JsonNode error =
        "error".equals(answer.path("object").textValue()) ? answer : answer.path("error");
    if (error.isMissingNode() || error.isNull()) {
      return answer;
    }
    JsonNode message = error.path("message");
    throw reported(
        error.isTextual()
            ? error.textValue()
            : message.isTextual() ? message.textValue() : error.toString());
  }

  static ModelFailure reported(String error) {
    return new ModelFailure(
        Kind.REPORTED,
        "The model server reported: "
            + (error.length() > LONGEST_ERROR ? error.substring(0, LONGEST_ERROR) + "…" : error));
  }

  static ModelFailure garbled(String what) {
    return new ModelFailure(Kind.GARBLED, "The model server sent " + what + ".");
  }

  /** A text of at least one character. */
  static boolean isText(JsonNode value) {
    return value.isTextual() && !value.textValue().isEmpty();
  }
}
