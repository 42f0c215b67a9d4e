package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a grammar of a JSON schema: what keeps to the one keeps to the other. A keyword that a
 * grammar cannot hold an answer to is refused, never left out in silence; what only describes
 * ({@code title}, {@code examples}, …) is passed over. Properties come in the order of the schema.
 */
public final class SchemaGrammar {
  private static final int DEEPEST = 64;
  private static final int MOST_VALUES = 1_000;

  /** What says nothing about a value, or nothing that has to be held to. */
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "$anchor",
          "$comment",
          "$defs",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "example",
          "deprecated",
          "readOnly",
          "writeOnly",
          "format",
          "contentEncoding",
          "contentMediaType",
          "discriminator",
          "strict",
          "name");

  private final JsonNode root;
  private final Rules rules = new Rules();
  private final Map<String, String> referred = new HashMap<>();

  /** References that lead on without a character of the answer; one that leads back is a circle. */
  private Set<String> open = new HashSet<>();

  private int depth;

  private SchemaGrammar(JsonNode root) {
    this.root = root;
  }

  /** The grammar of any JSON object, which format {@code json} means. */
  public static String anyObject() {
    return new Rules().grammar("object");
  }

  /**
   * The grammar of a schema.
   *
   * @throws UnsupportedSchemaException when it has what cannot be held to
   */
  public static String of(JsonNode schema) throws UnsupportedSchemaException {
    SchemaGrammar grammar = new SchemaGrammar(schema);
    return grammar.rules.grammar(grammar.value(schema, "format"));
  }

  Rules rules() {
    return rules;
  }

  /** The body of a rule for a part of a value: from here on a reference may lead back. */
  String part(JsonNode schema, String path) throws UnsupportedSchemaException {
    Set<String> before = open;
    open = new HashSet<>();
    String body = rules.add(path, value(schema, path));
    open = before;
    return body;
  }

  /** The body of a rule. */
  private String value(JsonNode schema, String path) throws UnsupportedSchemaException {
    if (schema.isBoolean() && schema.booleanValue()) {
      return "value";
    }
    if (!(schema instanceof ObjectNode object)) {
      throw new UnsupportedSchemaException(path, "must be a schema, which is an object");
    }
    if (depth++ > DEEPEST) {
      throw new UnsupportedSchemaException(path, "is nested deeper than " + DEEPEST + " levels");
    }
    String body = nullable(object, path);
    depth--;
    return body;
  }

  private String nullable(ObjectNode schema, String path) throws UnsupportedSchemaException {
    boolean nullable = schema.path("nullable").asBoolean(false);
    String body = kind(schema, path);
    return nullable ? "(" + body + ") | null" : body;
  }

  private String kind(ObjectNode schema, String path) throws UnsupportedSchemaException {
    if (schema.has("$ref")) {
      allow(schema, path, "$ref");
      return referred(schema.path("$ref").asText(""), path);
    }
    if (schema.has("const")) {
      allow(schema, path, "const", "type");
      JsonNode value = schema.path("const");
      if (TypeNames.of(schema, path).among(List.of(value)).isEmpty()) {
        throw new UnsupportedSchemaException(path + ".const", "is not of the type beside it");
      }
      return Literals.json(value);
    }
    if (schema.has("enum")) {
      allow(schema, path, "enum", "type");
      List<JsonNode> values = TypeNames.of(schema, path).among(schema.path("enum"));
      return oneOf(values, path + ".enum", schema.has("type") ? " of the type beside it" : "");
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (schema.has(keyword)) {
        allow(schema, path, keyword, "type");
        requireTypes(schema, keyword, path);
        return alternatives(schema.path(keyword), path + "." + keyword);
      }
    }
    if (schema.has("allOf")) {
      allow(schema, path, "allOf", "type");
      requireTypes(schema, "allOf", path);
      JsonNode parts = schema.path("allOf");
      if (parts.size() != 1) {
        throw new UnsupportedSchemaException(
            path + ".allOf", "must have one part; put the properties of all into one");
      }
      return value(parts.path(0), path + ".allOf[0]");
    }
    return ofType(schema, path);
  }

  private static String oneOf(List<JsonNode> values, String path, String which)
      throws UnsupportedSchemaException {
    if (values.isEmpty() || values.size() > MOST_VALUES) {
      throw new UnsupportedSchemaException(
          path, "must have 1 to " + MOST_VALUES + " values" + which);
    }
    return values.stream().map(Literals::json).collect(Collectors.joining(" | "));
  }

  /** A type beside parts is held to by the parts, so each has to name it. */
  private void requireTypes(ObjectNode schema, String keyword, String path)
      throws UnsupportedSchemaException {
    if (!schema.has("type")) {
      return;
    }
    TypeNames types = TypeNames.of(schema, path);
    String at = path + "." + keyword;
    for (JsonNode part : schema.path(keyword)) {
      JsonNode meant = part.has("$ref") ? target(part.path("$ref").asText(""), at) : part;
      if (!(meant instanceof ObjectNode object && types.haveAllOf(TypeNames.of(object, at)))) {
        throw new UnsupportedSchemaException(
            path + ".type", "cannot be held to unless each part of " + keyword + " names it");
      }
    }
  }

  private String alternatives(JsonNode schemas, String path) throws UnsupportedSchemaException {
    if (schemas.isEmpty() || schemas.size() > MOST_VALUES) {
      throw new UnsupportedSchemaException(path, "must have 1 to " + MOST_VALUES + " schemas");
    }
    List<String> alternatives = new ArrayList<>();
    for (int i = 0; i < schemas.size(); i++) {
      String at = path + "[" + i + "]";
      alternatives.add(rules.add(at, value(schemas.path(i), at)));
    }
    return String.join(" | ", alternatives);
  }

  private String referred(String reference, String path) throws UnsupportedSchemaException {
    String at = path + ".$ref";
    if (!open.add(reference)) {
      throw new UnsupportedSchemaException(at, "leads back to itself");
    }
    String known = referred.get(reference);
    if (known == null) {
      JsonNode target = target(reference, at);
      known = rules.reserve(at);
      referred.put(reference, known);
      rules.define(at, known, value(target, "format" + reference.substring(1).replace('/', '.')));
    }
    open.remove(reference);
    return known;
  }

  private JsonNode target(String reference, String path) throws UnsupportedSchemaException {
    if (!reference.startsWith("#")) {
      throw new UnsupportedSchemaException(
          path, "must lead to a place of the same schema, #/$defs/…");
    }
    if (reference.equals("#")) {
      return root;
    }
    try {
      JsonNode target = root.at(reference.substring(1));
      if (!target.isMissingNode()) {
        return target;
      }
    } catch (IllegalArgumentException e) {
      // no pointer: told below
    }
    throw new UnsupportedSchemaException(path, "leads to " + reference + ", which is not there");
  }

  private String ofType(ObjectNode schema, String path) throws UnsupportedSchemaException {
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      List<String> alternatives = new ArrayList<>();
      for (JsonNode each : type) {
        alternatives.add("(" + TypeGrammar.of(this, schema, each.asText(""), path, true) + ")");
      }
      if (alternatives.isEmpty()) {
        throw new UnsupportedSchemaException(path + ".type", "must name a type");
      }
      return String.join(" | ", alternatives);
    }
    return TypeGrammar.of(this, schema, type.asText(implied(schema)), path, false);
  }

  /** The type that keywords belong to, where none is named; empty for any value. */
  private static String implied(ObjectNode schema) {
    if (schema.has("properties") || schema.has("additionalProperties") || schema.has("required")) {
      return "object";
    }
    if (schema.has("items") || schema.has("prefixItems")) {
      return "array";
    }
    return schema.has("pattern") || schema.has("minLength") || schema.has("maxLength")
        ? "string"
        : "";
  }

  /** Refuses a keyword that is none of these and would be left out. */
  static void allow(ObjectNode schema, String path, String... keywords)
      throws UnsupportedSchemaException {
    Set<String> known = new HashSet<>(Set.of(keywords));
    known.addAll(ANNOTATIONS);
    known.add("nullable");
    for (Map.Entry<String, JsonNode> each : schema.properties()) {
      if (!known.contains(each.getKey()) && !each.getKey().startsWith("x-")) {
        throw new UnsupportedSchemaException(
            path + "." + each.getKey(), "cannot be held to here; leave it out of the schema");
      }
    }
  }
}
