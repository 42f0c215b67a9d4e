package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.error.ProblemException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The fields of a task's payload; each failure names the field and the rule. */
public final class Payload {
  private final JsonNode fields;

  private Payload(JsonNode fields) {
    this.fields = fields;
  }

  /** An object that has no other fields than these. */
  public static Payload of(JsonNode payload, Set<String> known) {
    if (!payload.isObject()) {
      throw ProblemException.invalid("payload", "must be an object");
    }
    for (var name : (Iterable<String>) payload::fieldNames) {
      if (!known.contains(name)) {
        String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
        throw ProblemException.invalid(
            "payload",
            "has an unknown field "
                + shown
                + "; known are "
                + String.join(", ", new TreeSet<>(known)));
      }
    }
    return new Payload(payload);
  }

  private @Nullable JsonNode value(String name) {
    JsonNode value = fields.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** A text; null where there is none. */
  public @Nullable String text(String name) {
    JsonNode value = value(name);
    if (value != null && !value.isTextual()) {
      throw ProblemException.invalid("payload." + name, "must be a text");
    }
    return value == null ? null : value.textValue();
  }

  /** A text that has to be there. */
  public String requiredText(String name) {
    String text = text(name);
    if (text == null || text.isBlank()) {
      throw ProblemException.invalid("payload." + name, "is required and must not be blank");
    }
    return text;
  }

  /** A number; null where there is none. */
  public @Nullable Double number(String name) {
    JsonNode value = value(name);
    if (value != null && !value.isNumber()) {
      throw ProblemException.invalid("payload." + name, "must be a number");
    }
    return value == null ? null : value.doubleValue();
  }

  /** A whole number; null where there is none. */
  public @Nullable Integer integer(String name) {
    JsonNode value = value(name);
    if (value != null && !(value.isIntegralNumber() && value.canConvertToInt())) {
      throw ProblemException.invalid("payload." + name, "must be a whole number");
    }
    return value == null ? null : value.intValue();
  }

  /** A whole number within bounds. */
  public int integer(String name, int min, int max, int byDefault) {
    Integer value = integer(name);
    if (value != null && (value < min || value > max)) {
      throw ProblemException.invalid(
          "payload." + name, "must be between " + min + " and " + max + ", is " + value);
    }
    return value == null ? byDefault : value;
  }

  /** Yes or no; null where neither is said. */
  public @Nullable Boolean flag(String name) {
    JsonNode value = value(name);
    if (value != null && !value.isBoolean()) {
      throw ProblemException.invalid("payload." + name, "must be true or false");
    }
    return value == null ? null : value.booleanValue();
  }

  /** Yes or no. */
  public boolean flag(String name, boolean byDefault) {
    Boolean value = flag(name);
    return value == null ? byDefault : value;
  }

  /** Some of the words that are allowed; all of them where none is said. */
  public Set<String> some(String name, List<String> allowed) {
    JsonNode value = value(name);
    if (value == null) {
      return Set.copyOf(allowed);
    }
    Set<String> chosen = new TreeSet<>();
    for (JsonNode each : value) {
      chosen.add(each.asText());
    }
    if (!value.isArray() || chosen.isEmpty() || !allowed.containsAll(chosen)) {
      throw ProblemException.invalid(
          "payload." + name, "must be an array of some of " + String.join(", ", allowed));
    }
    return chosen;
  }
}
