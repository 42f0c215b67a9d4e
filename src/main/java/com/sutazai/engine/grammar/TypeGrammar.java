package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.stream.Stream;

/** The values of one type. */
final class TypeGrammar {
  private static final String[] OBJECT = {"properties", "required", "additionalProperties"};
  private static final String[] ARRAY = {"items", "prefixItems", "minItems", "maxItems"};
  private static final String[] STRING = {"pattern", "minLength", "maxLength"};
  private static final String[] NUMBER = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"
  };

  private TypeGrammar() {}

  /**
   * The body of a rule.
   *
   * @param type its name; empty for any value
   * @param others whether keywords of other types may be beside those of this one
   */
  static String of(
      SchemaGrammar grammar, ObjectNode schema, String type, String path, boolean others)
      throws UnsupportedSchemaException {
    if (!type.isEmpty() && !TypeNames.ALL.contains(type)) {
      throw TypeNames.unknown(path);
    }
    SchemaGrammar.allow(schema, path, keywords(type, others));
    return switch (type) {
      case "object" -> new ObjectGrammar(grammar, schema, path).body();
      case "array" -> new ArrayGrammar(grammar, schema, path).body();
      case "string" -> new StringGrammar(schema, path).body();
      case "number" -> new NumberGrammar(schema, path).number();
      case "integer" -> new NumberGrammar(schema, path).integer();
      case "" -> "value";
      default -> type;
    };
  }

  private static String[] keywords(String type, boolean others) {
    String[] own =
        switch (type) {
          case "object" -> OBJECT;
          case "array" -> ARRAY;
          case "string" -> STRING;
          case "number", "integer" -> NUMBER;
          default -> new String[0];
        };
    return others ? joined(OBJECT, ARRAY, STRING, NUMBER) : joined(own);
  }

  private static String[] joined(String[]... lists) {
    return Stream.concat(Stream.of("type"), Arrays.stream(lists).flatMap(Arrays::stream))
        .toArray(String[]::new);
  }
}
