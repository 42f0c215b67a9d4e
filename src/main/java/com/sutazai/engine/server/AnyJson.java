package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.JsonNode;

/** Knows only the format {@code json}: any object. */
final class AnyJson implements AnswerFormat {
  private static final String OBJECT =
      """
      root ::= object
      value ::= object | array | string | number | "true" | "false" | "null"
      object ::= "{" ws ( string ":" ws value ws ( "," ws string ":" ws value ws )* )? "}"
      array ::= "[" ws ( value ws ( "," ws value ws )* )? "]"
      string ::= "\\"" ( [^"\\\\\\x00-\\x1F] | "\\\\" ( ["\\\\/bfnrt] | "u" [0-9a-fA-F]{4} ) )* "\\""
      number ::= "-"? ( "0" | [1-9] [0-9]{0,15} ) ( "." [0-9]{1,16} )? ( [eE] [-+]? [0-9]{1,3} )?
      ws ::= [ \\t\\n]{0,20}
      """;

  @Override
  public String grammar(JsonNode schema) {
    if (schema.asText("").equals("json")) {
      return OBJECT;
    }
    throw RequestBody.refused("format must be json: this engine knows no schemas");
  }
}
