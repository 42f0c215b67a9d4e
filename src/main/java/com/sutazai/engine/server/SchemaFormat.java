package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.engine.grammar.SchemaGrammar;
import com.sutazai.engine.grammar.UnsupportedSchemaException;

/** The format {@code json}, any object, or a JSON schema. */
final class SchemaFormat implements AnswerFormat {
  @Override
  public String grammar(JsonNode schema) {
    if (schema.isTextual()) {
      if (schema.textValue().equals("json")) {
        return SchemaGrammar.anyObject();
      }
      throw RequestBody.refused("format must be json or a JSON schema");
    }
    try {
      return SchemaGrammar.of(schema);
    } catch (UnsupportedSchemaException e) {
      throw RequestBody.refused(e.problem());
    }
  }
}
