package com.sutazai.platform.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Map;

/**
 * What the JSON parser says is wrong, in words for callers: without names of classes, without parts
 * of the text, and with the setting where a limit was passed.
 */
public final class ParserWords {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "getMaxNestingDepth", "sutazai.json.max-depth",
          "getMaxNumberLength", "sutazai.json.max-number-length",
          "getMaxNameLength", "sutazai.json.max-name-length",
          "getMaxStringLength", "sutazai.json.max-text-length");

  private ParserWords() {}

  public static String of(JsonProcessingException e) {
    String text = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    for (Map.Entry<String, String> each : SETTINGS.entrySet()) {
      text =
          text.replace(
              ", from `StreamReadConstraints." + each.getKey() + "()`", ", " + each.getValue());
    }
    return text.replaceAll("`?(com|java|io)\\.[\\w.$]+`?", "value")
        .replaceAll("\\(for Object.*", "")
        .replaceAll("(from \\w+ value) \\(.*\\)", "$1")
        .replaceAll("(from String) \".*\"", "$1")
        .replaceAll("(Unrecognized token) '.*?'", "$1")
        .strip();
  }
}
