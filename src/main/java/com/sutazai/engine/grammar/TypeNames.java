package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The types that stand in a schema beside values or parts, which have to keep to them.
 *
 * @param names all types when the schema names none
 */
record TypeNames(Set<String> names) {
  static final Set<String> ALL =
      Set.of("object", "array", "string", "number", "integer", "boolean", "null");

  TypeNames {
    names = Set.copyOf(names);
  }

  /** Those that a schema names itself; {@code nullable} is one more. */
  static TypeNames of(ObjectNode schema, String path) throws UnsupportedSchemaException {
    JsonNode type = schema.path("type");
    if (type.isMissingNode()) {
      return new TypeNames(ALL);
    }
    Set<String> names = new HashSet<>();
    for (JsonNode each : type.isArray() ? type : List.of(type)) {
      names.add(each.asText(""));
    }
    if (names.isEmpty() || !ALL.containsAll(names)) {
      throw unknown(path);
    }
    if (schema.path("nullable").asBoolean(false)) {
      names.add("null");
    }
    return new TypeNames(names);
  }

  static UnsupportedSchemaException unknown(String path) {
    return new UnsupportedSchemaException(
        path + ".type",
        "must be object, array, string, number, integer, boolean or null, or a list of these");
  }

  /** The values that are of one of these types. */
  List<JsonNode> among(Iterable<JsonNode> values) {
    List<JsonNode> kept = new ArrayList<>();
    values.forEach(
        each -> {
          if (has(each)) {
            kept.add(each);
          }
        });
    return kept;
  }

  private boolean has(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> names.contains("number") || names.contains("integer") && isWhole(value);
      default -> names.contains(value.getNodeType().name().toLowerCase(Locale.ROOT));
    };
  }

  private static boolean isWhole(JsonNode number) {
    return number.isIntegralNumber() || number.doubleValue() == Math.rint(number.doubleValue());
  }

  /** Whether each value of the other types is of one of these. */
  boolean haveAllOf(TypeNames others) {
    return others.names.stream()
        .allMatch(
            each -> names.contains(each) || each.equals("integer") && names.contains("number"));
  }
}
