package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.gateway.Door;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A batch as a caller asks for it. Fields that are unknown here are let be, as OpenAI's clients
 * expect.
 *
 * @param metadata a JSON object of texts
 */
record MakeBatch(
    UUID inputFile,
    String endpoint,
    String windowText,
    Duration window,
    @Nullable String metadata) {
  private static final String[] ENDPOINTS = {
    "/v1/chat/completions", "/v1/completions", "/v1/embeddings"
  };
  private static final Pattern WINDOW = Pattern.compile("([1-9]\\d{0,3})([mh])");
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int MOST_METADATA = 16;
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_VALUE = 512;

  static MakeBatch from(JsonNode body) {
    String file = Check.text("input_file_id", Door.text(body, "input_file_id"), 100);
    String endpoint = Door.text(body, "endpoint");
    Check.oneOf("endpoint", endpoint, ENDPOINTS);
    String window = String.valueOf(Door.text(body, "completion_window"));
    return new MakeBatch(
        WireId.parseFile(file),
        String.valueOf(endpoint),
        window,
        window(window),
        metadata(body.get("metadata")));
  }

  private static Duration window(String text) {
    Matcher parts = WINDOW.matcher(text);
    if (parts.matches()) {
      long amount = Long.parseLong(parts.group(1));
      Duration window =
          parts.group(2).equals("h") ? Duration.ofHours(amount) : Duration.ofMinutes(amount);
      if (window.compareTo(LONGEST) <= 0) {
        return window;
      }
    }
    throw ProblemException.invalid(
        "completion_window", "must be 24h or shorter, in hours or minutes, such as 1h or 30m");
  }

  private static @Nullable String metadata(@Nullable JsonNode metadata) {
    if (metadata == null || metadata.isNull()) {
      return null;
    }
    if (!metadata.isObject() || metadata.size() > MOST_METADATA) {
      throw ProblemException.invalid(
          "metadata", "must be an object of at most " + MOST_METADATA + " texts");
    }
    for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
      Check.text("metadata", entry.getKey(), LONGEST_KEY);
      String field = "metadata." + entry.getKey();
      String value = entry.getValue().textValue();
      if (value == null || value.length() > LONGEST_VALUE) {
        throw ProblemException.invalid(
            field, "must be a text of at most " + LONGEST_VALUE + " characters");
      }
      Check.noNul(field, value);
    }
    return metadata.toString();
  }
}
