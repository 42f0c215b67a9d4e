package com.sutazai.tasks.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Placeholders;
import com.sutazai.platform.json.Placeholders.Part;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A payload whose texts may hold placeholders, {@code {{steps.id.result.path}}} or {@code
 * {{input.path}}}. A text that is one placeholder becomes its value, of whatever type; within a
 * longer text the value is written as text. Inserted values are not looked through again. {@code
 * \{{} stands for {@code {{}.
 */
final class Template {
  /** Different placeholders of one payload. */
  static final int MOST_REFERENCES = 200;

  private final JsonNode payload;
  private final Set<Reference> references = new LinkedHashSet<>();

  private Template(JsonNode payload) {
    this.payload = payload;
  }

  /**
   * Reads a payload.
   *
   * @param field names it in problems
   */
  static Template of(JsonNode payload, String field) {
    Template template = new Template(payload);
    template.collect(payload, field);
    return template;
  }

  /** What it refers to, each once, in order. */
  List<Reference> references() {
    return List.copyOf(references);
  }

  private void collect(JsonNode node, String field) {
    if (node.isTextual()) {
      for (Part part : parts(node.textValue(), field)) {
        if (part instanceof Part.Place place && references.add(reference(place.path(), field))) {
          requireFew(field);
        }
      }
    }
    node.forEach(child -> collect(child, field));
  }

  private void requireFew(String field) {
    if (references.size() > MOST_REFERENCES) {
      throw ProblemException.invalid(
          field, "must have at most " + MOST_REFERENCES + " different placeholders");
    }
  }

  private static List<Part> parts(String text, String field) {
    try {
      return Placeholders.parse(text);
    } catch (Placeholders.Malformed e) {
      throw ProblemException.invalid(field, e.rule());
    }
  }

  private static Reference reference(String text, String field) {
    Reference reference = Reference.parse(text);
    if (reference == null) {
      String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
      throw ProblemException.invalid(
          field,
          "has the placeholder {{"
              + shown
              + "}}; it must be {{input.path}} or {{steps.id.result.path}} (or .status, .error); write \\{{ for the braces");
    }
    return reference;
  }

  /**
   * The payload with all values in their places.
   *
   * @param values one for each of {@link #references}
   * @param mostCharacters that the inserted values may have together
   */
  JsonNode filled(Map<Reference, JsonNode> values, long mostCharacters) {
    return new Filling(values, mostCharacters).fill(payload);
  }

  static ProblemException tooLarge(long mostCharacters) {
    return new ProblemException(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "The values of the payload's placeholders have more than "
            + mostCharacters
            + " characters together (sutazai.tasks.max-payload).");
  }

  private static final class Filling {
    private final Map<Reference, JsonNode> values;
    private final long most;
    private long inserted;

    Filling(Map<Reference, JsonNode> values, long most) {
      this.values = values;
      this.most = most;
    }

    JsonNode fill(JsonNode node) {
      return switch (node) {
        case ObjectNode object -> {
          ObjectNode filled = JsonNodeFactory.instance.objectNode();
          object.properties().forEach(each -> filled.set(each.getKey(), fill(each.getValue())));
          yield filled;
        }
        case ArrayNode array -> {
          ArrayNode filled = JsonNodeFactory.instance.arrayNode(array.size());
          array.forEach(each -> filled.add(fill(each)));
          yield filled;
        }
        case TextNode text -> fill(parts(text.textValue(), "payload"));
        default -> node;
      };
    }

    private JsonNode fill(List<Part> parts) {
      if (parts.size() == 1 && parts.getFirst() instanceof Part.Place whole) {
        JsonNode value = value(whole);
        count(value.toString());
        return value;
      }
      StringBuilder text = new StringBuilder();
      for (Part part : parts) {
        text.append(
            switch (part) {
              case Part.Text fixed -> fixed.text();
              case Part.Place place -> count(written(value(place)));
            });
      }
      return TextNode.valueOf(text.toString());
    }

    private JsonNode value(Part.Place place) {
      Reference reference = reference(place.path(), "payload");
      JsonNode value = values.get(reference);
      if (value == null) {
        throw new IllegalArgumentException("There is no value for " + reference);
      }
      return value;
    }

    private static String written(JsonNode value) {
      return value.isTextual() ? value.textValue() : value.toString();
    }

    private String count(String text) {
      inserted += text.length();
      if (inserted > most) {
        throw tooLarge(most);
      }
      return text;
    }
  }
}
