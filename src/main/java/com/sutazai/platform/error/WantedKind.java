package com.sutazai.platform.error;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What kind of JSON value a field takes, and which one came, in words for callers. A text that came
 * is not repeated: it may be a prompt or a secret in the wrong place.
 */
final class WantedKind {
  private static final Map<Class<?>, String> KINDS =
      Map.ofEntries(
          Map.entry(int.class, "a whole number"),
          Map.entry(Integer.class, "a whole number"),
          Map.entry(long.class, "a whole number"),
          Map.entry(Long.class, "a whole number"),
          Map.entry(double.class, "a number"),
          Map.entry(Double.class, "a number"),
          Map.entry(boolean.class, "true or false"),
          Map.entry(Boolean.class, "true or false"),
          Map.entry(String.class, "a text"),
          Map.entry(UUID.class, "a UUID"),
          Map.entry(Instant.class, "a moment such as 2026-01-31T12:00:00Z"),
          Map.entry(LocalDate.class, "a day such as 2026-01-31"));

  private WantedKind() {}

  /** Such as {@code must be a whole number, not a text}. */
  static String rule(MismatchedInputException e) {
    String found = found(e);
    return "must be " + wanted(e.getTargetType()) + (found == null ? "" : ", not " + found);
  }

  private static String wanted(@Nullable Class<?> type) {
    if (type == null) {
      return "another kind of value";
    }
    String known = KINDS.get(type);
    if (known != null) {
      return known;
    }
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(each -> String.valueOf(each).toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    return type.isArray() || Collection.class.isAssignableFrom(type) ? "an array" : "an object";
  }

  private static @Nullable String found(MismatchedInputException e) {
    if (e instanceof InvalidFormatException format) {
      Object value = format.getValue();
      if (value instanceof Number || value instanceof Boolean) {
        return Quoted.printable(String.valueOf(value));
      }
      if (value instanceof String) {
        return isWrittenAsText(e.getTargetType()) ? null : word(JsonToken.VALUE_STRING);
      }
    }
    String message = String.valueOf(e.getOriginalMessage());
    if (message.contains("coerce String value")) {
      return word(JsonToken.VALUE_STRING);
    }
    for (JsonToken token : JsonToken.values()) {
      if (message.contains("JsonToken." + token.name())) {
        return word(token);
      }
    }
    return e.getProcessor() instanceof JsonParser parser && parser.currentToken() != null
        ? word(parser.currentToken())
        : null;
  }

  /** Then a text is not of the wrong kind, but does not say what it should. */
  private static boolean isWrittenAsText(@Nullable Class<?> type) {
    return type != null
        && (type.isEnum() || Temporal.class.isAssignableFrom(type) || type == UUID.class);
  }

  private static @Nullable String word(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "an array";
      case START_OBJECT -> "an object";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction";
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case VALUE_NULL -> "null";
      default -> null;
    };
  }
}
