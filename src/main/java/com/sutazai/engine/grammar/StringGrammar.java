package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Texts: of a length, of a pattern, or of a format with a fixed form; other formats only describe.
 */
final class StringGrammar {
  private static final int LONGEST = 2_000;
  private static final String DATE =
      "[0-9]{4} \"-\" (\"0\" [1-9] | \"1\" [0-2]) \"-\" "
          + "(\"0\" [1-9] | [12] [0-9] | \"3\" [01])";
  private static final String TIME =
      "([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] "
          + "(\".\" [0-9]{1,9})? (\"Z\" | [+-] ([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9])";
  private static final Map<String, String> FORMATS =
      Map.of(
          "date",
          DATE,
          "time",
          TIME,
          "date-time",
          DATE + " \"T\" " + TIME,
          "uuid",
          "[0-9a-fA-F]{8} (\"-\" [0-9a-fA-F]{4}){3} \"-\" [0-9a-fA-F]{12}");

  private final ObjectNode schema;
  private final String path;

  StringGrammar(ObjectNode schema, String path) {
    this.schema = schema;
    this.path = path;
  }

  String body() throws UnsupportedSchemaException {
    int least = Bounds.length(schema, "minLength", 0, LONGEST, path);
    int most = Bounds.length(schema, "maxLength", -1, LONGEST, path);
    Bounds.requireOrder(least, most, path);
    boolean bounded = least > 0 || most >= 0;
    JsonNode pattern = schema.path("pattern");
    if (pattern.isTextual()) {
      if (bounded) {
        throw new UnsupportedSchemaException(
            path + ".pattern", "cannot be held to together with a length; say the length in it");
      }
      return quoted(new PatternGrammar(pattern.textValue(), path + ".pattern").body());
    }
    String format = FORMATS.get(schema.path("format").asText(""));
    if (format != null && !bounded) {
      return quoted(format);
    }
    return bounded ? quoted("char" + Bounds.times(least, most)) : "string";
  }

  private static String quoted(String inside) {
    return "\"\\\"\" " + inside + " \"\\\"\"";
  }
}
