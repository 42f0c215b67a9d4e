package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A task's payload whose fields are known: each is read by its rule, and a failure names the field,
 * the rule and the limit.
 */
public final class Payload {
  private static final String AT = "payload.";

  private final JsonNode payload;

  private Payload(JsonNode payload) {
    this.payload = payload;
  }

  /** The call's payload, which has no other fields than these. */
  public static Payload of(AgentCall call, String... fields) {
    List<String> known = List.of(fields);
    if (!call.payload().isObject()) {
      throw ProblemException.invalid("payload", "must be a JSON object");
    }
    for (Iterator<String> names = call.payload().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw ProblemException.invalid(
            AT + name,
            "is not a known field of " + call.taskType() + "; known are " + new TreeSet<>(known));
      }
    }
    return new Payload(call.payload());
  }

  /** The field as it is; null when it is not there. */
  public @Nullable JsonNode json(String field) {
    JsonNode value = payload.get(field);
    return value == null || value.isNull() ? null : value;
  }

  /** A text; null when it is not there. */
  public @Nullable String text(String field) {
    JsonNode value = json(field);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw ProblemException.invalid(AT + field, "must be a text");
    }
    return value.textValue();
  }

  /** A text that must be there, of at most so many characters. */
  public String required(String field, int max) {
    return Check.text(AT + field, text(field), max);
  }

  /** Yes or no; null when it is not there. */
  public @Nullable Boolean choice(String field) {
    JsonNode value = json(field);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw ProblemException.invalid(AT + field, "must be true or false");
    }
    return value.booleanValue();
  }

  /** A whole number within its bounds; null when it is not there. */
  public @Nullable Integer whole(String field, int min, int max) {
    JsonNode value = json(field);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw ProblemException.invalid(
          AT + field, "must be a whole number between " + min + " and " + max);
    }
    return value.intValue();
  }

  /** Texts, each of 1 to {@code maxLength} characters; empty when there are none. */
  public List<String> texts(String field, int max, int maxLength) {
    JsonNode value = json(field);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray() || value.size() > max) {
      throw ProblemException.invalid(AT + field, "must be an array of at most " + max + " texts");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : value) {
      String name = AT + field + "[" + texts.size() + "]";
      if (!each.isTextual()) {
        throw ProblemException.invalid(name, "must be a text");
      }
      texts.add(Check.text(name, each.textValue(), maxLength));
    }
    return texts;
  }

  /** Reads fields of a payload. */
  public interface Reading<T> {
    T read();
  }

  /**
   * Reads fields by rules that do not know of payloads; what they refuse is named as a field of
   * one.
   */
  public static <T> T under(Reading<T> reading) {
    try {
      return reading.read();
    } catch (ProblemException e) {
      throw e.under("payload");
    }
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
    JsonNode value = payload.get(name);
    return value == null || value.isNull() ? null : value;
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
