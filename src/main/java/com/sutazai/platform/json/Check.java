package com.sutazai.platform.json;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules for values that callers send; each failure names the field, the rule and the limit. */
public final class Check {
  private Check() {}

  /** A text of 1 to {@code max} characters without NUL. */
  public static String text(String field, @Nullable String value, int max) {
    if (value == null || value.isBlank()) {
      throw ProblemException.invalid(field, "is required and must not be blank");
    }
    if (value.length() > max) {
      throw ProblemException.invalid(
          field, "must have at most " + max + " characters, has " + value.length());
    }
    noNul(field, value);
    return value;
  }

  /** PostgreSQL text cannot hold U+0000. */
  public static void noNul(String field, String value) {
    if (value.indexOf('\0') >= 0) {
      throw ProblemException.invalid(field, "must not contain the character U+0000");
    }
  }

  /** The place of the value among those that are allowed. */
  public static int oneOf(String field, @Nullable String value, String... allowed) {
    int place = List.of(allowed).indexOf(value == null ? "" : value);
    if (place < 0) {
      throw ProblemException.invalid(field, "must be one of " + String.join(", ", allowed));
    }
    return place;
  }

  public static int range(String field, @Nullable Integer value, int min, int max, int byDefault) {
    if (value == null) {
      return byDefault;
    }
    if (value < min || value > max) {
      throw ProblemException.invalid(
          field, "must be between " + min + " and " + max + ", is " + value);
    }
    return value;
  }

  /** At most 50 texts of at most 100 characters. */
  public static List<String> words(String field, @Nullable List<String> values) {
    if (values == null) {
      return List.of();
    }
    if (values.size() > 50) {
      throw ProblemException.invalid(field, "must have at most 50 entries, has " + values.size());
    }
    for (int i = 0; i < values.size(); i++) {
      text(field + "[" + i + "]", values.get(i), 100);
    }
    return List.copyOf(values);
  }

  /** JSON text that can be stored: within {@code max} bytes and without U+0000. */
  public static String document(String field, String json, int max, String key) {
    if (json.length() > max
        || (json.length() > max / 4 && json.getBytes(StandardCharsets.UTF_8).length > max)) {
      throw new ProblemException(
          ErrorCode.PAYLOAD_TOO_LARGE,
          field + " must have at most " + max + " bytes (" + key + ")");
    }
    if (containsEscapedNul(json)) {
      throw ProblemException.invalid(field, "must not contain the character U+0000");
    }
    return json;
  }

  private static boolean containsEscapedNul(String json) {
    for (int at = json.indexOf("\\u0000"); at >= 0; at = json.indexOf("\\u0000", at + 1)) {
      int slashes = 0;
      while (at - 1 - slashes >= 0 && json.charAt(at - 1 - slashes) == '\\') {
        slashes++;
      }
      if (slashes % 2 == 0) {
        return true;
      }
    }
    return false;
  }
}
