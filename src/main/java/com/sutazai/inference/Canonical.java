package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.TreeMap;

/** One text for all JSON values that mean the same: the order of fields does not matter. */
final class Canonical {
  private Canonical() {}

  static String text(JsonNode value) {
    StringBuilder text = new StringBuilder();
    append(value, text);
    return text.toString();
  }

  private static void append(JsonNode value, StringBuilder text) {
    if (value.isObject()) {
      TreeMap<String, JsonNode> fields = new TreeMap<>();
      value.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      text.append('{');
      fields.forEach(
          (name, field) -> {
            text.append('"').append(name.replace("\"", "\\\"")).append("\":");
            append(field, text);
            text.append(',');
          });
      text.append('}');
    } else if (value.isArray()) {
      text.append('[');
      for (Iterator<JsonNode> each = value.elements(); each.hasNext(); text.append(',')) {
        append(each.next(), text);
      }
      text.append(']');
    } else {
      text.append(value);
    }
  }
}
