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
    return of(call.payload(), Set.of(fields), " of " + call.taskType());
  }

  /** A payload that has no other fields than these. */
  public static Payload of(JsonNode payload, Set<String> known) {
    return of(payload, known, "");
  }

  private static Payload of(JsonNode payload, Set<String> known, String whose) {
    if (!payload.isObject()) {
      throw ProblemException.invalid("payload", "must be a JSON object");
    }
    for (Iterator<String> names = payload.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw ProblemException.invalid(
            AT + name, "is not a known field" + whose + "; known are " + new TreeSet<>(known));
      }
    }
    return new Payload(payload);
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

  /** Yes or no. */
  public boolean choice(String field, boolean byDefault) {
    Boolean value = choice(field);
    return value == null ? byDefault : value;
  }

  /** A number; null when it is not there. */
  public @Nullable Double number(String field) {
    JsonNode value = json(field);
    if (value == null) {
      return null;
    }
    if (!value.isNumber()) {
      throw ProblemException.invalid(AT + field, "must be a number");
    }
    return value.doubleValue();
  }

  /** A whole number; null when it is not there. */
  public @Nullable Integer whole(String field) {
    JsonNode value = json(field);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw ProblemException.invalid(AT + field, "must be a whole number");
    }
    return value.intValue();
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
          AT + field,
          "must be a whole number between "
              + min
              + " and "
              + max
              + (value.isNumber() ? ", is " + value : ""));
    }
    return value.intValue();
  }

  /** A whole number within its bounds. */
  public int whole(String field, int min, int max, int byDefault) {
    Integer value = whole(field, min, max);
    return value == null ? byDefault : value;
  }

  /** Some of the words that are allowed; all of them when it is not there. */
  public Set<String> some(String field, List<String> allowed) {
    JsonNode value = json(field);
    if (value == null) {
      return Set.copyOf(allowed);
    }
    Set<String> chosen = new TreeSet<>();
    value.forEach(each -> chosen.add(each.asText()));
    if (!value.isArray() || chosen.isEmpty() || !allowed.containsAll(chosen)) {
      throw ProblemException.invalid(
          AT + field, "must be an array of some of " + String.join(", ", allowed));
    }
    return chosen;
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
}
