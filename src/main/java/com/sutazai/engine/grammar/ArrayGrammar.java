package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Arrays: items alike, or a tuple with or without more behind it. */
final class ArrayGrammar {
  private static final int LONGEST = 1_000;
  private static final String COMMA = "\",\" ws ";

  private final SchemaGrammar grammar;
  private final ObjectNode schema;
  private final String path;

  ArrayGrammar(SchemaGrammar grammar, ObjectNode schema, String path) {
    this.grammar = grammar;
    this.schema = schema;
    this.path = path;
  }

  String body() throws UnsupportedSchemaException {
    int least = Bounds.length(schema, "minItems", 0, LONGEST, path);
    int most = Bounds.length(schema, "maxItems", -1, LONGEST, path);
    Bounds.requireOrder(least, most, path);
    return schema.has("prefixItems") ? tuple(least, most) : alike(least, most);
  }

  private String alike(int least, int most) throws UnsupportedSchemaException {
    if (most == 0) {
      return "\"[\" ws \"]\"";
    }
    String item =
        grammar.part(schema.path("items").isMissingNode() ? any() : items(), path + ".items");
    String more =
        "(" + COMMA + item + ")" + Bounds.times(Math.max(0, least - 1), most < 0 ? -1 : most - 1);
    String inside = item + " " + more + " ws";
    return "\"[\" ws " + (least == 0 ? "(" + inside + ")?" : inside) + " \"]\"";
  }

  private JsonNode items() {
    return schema.path("items");
  }

  private static JsonNode any() {
    return BooleanNode.TRUE;
  }

  /** All of its places are there, and what may come behind them where {@code items} says so. */
  private String tuple(int least, int most) throws UnsupportedSchemaException {
    JsonNode places = schema.path("prefixItems");
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      rules.add(grammar.part(places.path(i), path + ".prefixItems[" + i + "]"));
    }
    boolean closed = items().isMissingNode() || items().isBoolean() && !items().booleanValue();
    if (rules.isEmpty() || most >= 0 && most < rules.size() || closed && least > rules.size()) {
      throw new UnsupportedSchemaException(
          path + ".prefixItems", "must be all there, within minItems and maxItems");
    }
    String inside = String.join(" " + COMMA, rules);
    if (!closed) {
      String item = grammar.part(items(), path + ".items");
      int more = most < 0 ? -1 : most - rules.size();
      inside += " (" + COMMA + item + ")" + Bounds.times(Math.max(0, least - rules.size()), more);
    }
    return "\"[\" ws " + inside + " ws \"]\"";
  }
}
