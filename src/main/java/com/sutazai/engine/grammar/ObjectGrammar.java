package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Objects: their properties in the order of the schema, those that are not required left out or
 * not. Others come behind them where the schema says so; a schema that lists properties and is
 * silent about others has none.
 */
final class ObjectGrammar {
  private static final String COMMA = "\",\" ws ";

  /** Characters of a property's name. */
  private static final int LONGEST_NAME = 256;

  private final SchemaGrammar grammar;
  private final ObjectNode schema;
  private final String path;

  ObjectGrammar(SchemaGrammar grammar, ObjectNode schema, String path) {
    this.grammar = grammar;
    this.schema = schema;
    this.path = path;
  }

  /** A property: the rule of its name and value. */
  private record Member(String rule, boolean required) {}

  String body() throws UnsupportedSchemaException {
    Map<String, JsonNode> properties = new LinkedHashMap<>();
    schema.path("properties").properties().forEach(p -> properties.put(p.getKey(), p.getValue()));
    Set<String> required = required();
    required.forEach(name -> properties.putIfAbsent(name, BooleanNode.TRUE));
    requireShort(properties.keySet());
    JsonNode others = schema.path("additionalProperties");
    boolean open = others.isMissingNode() ? properties.isEmpty() : !isFalse(others);
    if (properties.isEmpty() && (others.isMissingNode() || isTrue(others))) {
      return "object";
    }
    List<Member> members = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : properties.entrySet()) {
      members.add(member(each.getKey(), each.getValue(), required.contains(each.getKey())));
    }
    return "\"{\" ws " + chain(members, open ? other(others, properties.keySet()) : "") + " \"}\"";
  }

  private static boolean isTrue(JsonNode node) {
    return node.isBoolean() && node.booleanValue();
  }

  private static boolean isFalse(JsonNode node) {
    return node.isBoolean() && !node.booleanValue();
  }

  private Set<String> required() throws UnsupportedSchemaException {
    Set<String> names = new HashSet<>();
    for (JsonNode each : schema.path("required")) {
      if (!each.isTextual()) {
        throw new UnsupportedSchemaException(path + ".required", "must be a list of names");
      }
      names.add(each.textValue());
    }
    return names;
  }

  private void requireShort(Set<String> names) throws UnsupportedSchemaException {
    for (String name : names) {
      if (name.length() > LONGEST_NAME) {
        throw new UnsupportedSchemaException(
            path,
            "has a property whose name has %d characters; it may have at most %d"
                .formatted(name.length(), LONGEST_NAME));
      }
    }
  }

  private Member member(String name, JsonNode value, boolean required)
      throws UnsupportedSchemaException {
    String at = path + ".properties." + name;
    String key = Literals.json(TextNode.valueOf(name));
    return new Member(
        grammar.rules().add(at, key + " \":\" ws " + grammar.part(value, at)), required);
  }

  private String other(JsonNode value, Set<String> taken) throws UnsupportedSchemaException {
    String at = path + ".additionalProperties";
    String body = grammar.part(value.isMissingNode() ? BooleanNode.TRUE : value, at);
    return grammar.rules().add(at, OtherNames.than(taken) + " \":\" ws " + body);
  }

  /**
   * From the last member to the first: {@code rest} is what may come after one that is there, and
   * {@code first} what may come while none is.
   */
  private String chain(List<Member> members, String other) throws UnsupportedSchemaException {
    String rest = grammar.rules().add(path, other.isEmpty() ? "ws" : "(" + COMMA + other + ")* ws");
    String first =
        other.isEmpty() ? "" : grammar.rules().add(path, "(" + other + " " + rest + ")?");
    for (Member member : members.reversed()) {
      String here = member.rule + " " + rest;
      if (member.required) {
        first = grammar.rules().add(path, here);
        rest = grammar.rules().add(path, COMMA + here);
      } else {
        first =
            grammar.rules().add(path, first.isEmpty() ? "(" + here + ")?" : here + " | " + first);
        rest = grammar.rules().add(path, "(" + COMMA + member.rule + ")? " + rest);
      }
    }
    return first;
  }
}
