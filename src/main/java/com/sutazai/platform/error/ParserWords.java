package com.sutazai.platform.error;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the JSON parser says is wrong, in words for callers: with the place in a text that is no
 * JSON, without names of classes, and with the setting where a limit was passed.
 */
public final class ParserWords {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "getMaxNestingDepth", "sutazai.json.max-depth",
          "getMaxNumberLength", "sutazai.json.max-number-length",
          "getMaxNameLength", "sutazai.json.max-name-length",
          "getMaxStringLength", "sutazai.json.max-text-length");

  /** A place as the parser writes it, with settings of its own. */
  private static final Pattern PLACE =
      Pattern.compile("\\[Source: .*?; line: (\\d+), column: (\\d+)\\]");

  private ParserWords() {}

  public static String of(JsonProcessingException e) {
    String text = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    for (Map.Entry<String, String> each : SETTINGS.entrySet()) {
      text =
          text.replace(
              ", from `StreamReadConstraints." + each.getKey() + "()`", ", " + each.getValue());
    }
    text =
        PLACE
            .matcher(text)
            .replaceAll("line $1, column $2")
            .replaceAll("`?(com|java|io)\\.[\\w.$]+`?", "value")
            .replaceAll("\\(for Object.*", "")
            .replaceAll("(from \\w+ value) \\(.*\\)", "$1")
            .replaceAll("(from String) \".*\"", "$1")
            .replaceAll("(Unrecognized token) '.*?'", "$1")
            .strip();
    return place(e) + Quoted.printable(text);
  }

  private static String place(JsonProcessingException e) {
    JsonProcessingException cause =
        e.getCause() instanceof JsonProcessingException inner ? inner : e;
    JsonLocation at = cause.getLocation();
    return cause instanceof StreamReadException && at != null && at.getLineNr() > 0
        ? "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": "
        : "";
  }
}
