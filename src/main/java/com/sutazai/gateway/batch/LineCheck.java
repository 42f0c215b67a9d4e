package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.sutazai.gateway.batch.InputLines.InputLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether a line is a request that can be asked. */
final class LineCheck {
  private static final int LONGEST_ID = 512;

  private final ObjectReader json;
  private final String endpoint;
  private final long longest;

  LineCheck(ObjectMapper json, String endpoint, long longest) {
    this.json = json.readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    this.endpoint = endpoint;
    this.longest = longest;
  }

  /** What became of a line. */
  sealed interface Outcome {
    /** It can be asked. */
    record Good(String customId) implements Outcome {}

    /** It cannot. */
    record Bad(LineError error) implements Outcome {}
  }

  Outcome check(InputLine line) {
    byte[] bytes = line.bytes();
    if (bytes == null) {
      String rule = "A line must have at most " + longest + " bytes (sutazai.batches.max-line).";
      return bad(line, "line_too_long", rule, null);
    }
    JsonNode request = parse(bytes);
    if (request == null) {
      return bad(line, "invalid_json_line", "This line is no JSON object.", null);
    }
    String customId = request.path("custom_id").textValue();
    if (customId == null || !isStorable(customId)) {
      String rule = "custom_id must be a text of 1 to " + LONGEST_ID + " characters.";
      return bad(line, "invalid_custom_id", rule, "custom_id");
    }
    LineError error = error(line, request);
    return error == null ? new Outcome.Good(customId) : new Outcome.Bad(error);
  }

  private @Nullable LineError error(InputLine line, JsonNode request) {
    if (!"POST".equals(request.path("method").textValue())) {
      return error(line, "invalid_method", "method must be POST.", "method");
    }
    if (!endpoint.equals(request.path("url").textValue())) {
      return error(
          line, "invalid_url", "url must be the batch's endpoint, " + endpoint + ".", "url");
    }
    if (!request.path("body").isObject()) {
      return error(line, "missing_required_parameter", "body must be a JSON object.", "body");
    }
    if (request.get("body").path("stream").asBoolean()) {
      return error(line, "invalid_value", "A batch cannot stream its answers.", "body.stream");
    }
    return null;
  }

  private @Nullable JsonNode parse(byte[] bytes) {
    try {
      JsonNode node = json.readTree(bytes);
      return node != null && node.isObject() ? node : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean isStorable(String text) {
    return !text.isBlank()
        && text.length() <= LONGEST_ID
        && text.indexOf('\0') < 0
        && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static Outcome bad(InputLine line, String code, String message, @Nullable String param) {
    return new Outcome.Bad(error(line, code, message, param));
  }

  private static LineError error(
      InputLine line, String code, String message, @Nullable String param) {
    return new LineError(code, line.number(), message, param);
  }
}
