package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.JsonNode;

/** Writes what an answer is to look like as a grammar. */
@FunctionalInterface
public interface AnswerFormat {
  /**
   * The rules in GBNF, the first one named root.
   *
   * @param schema the text {@code json} for any object, or a JSON schema
   * @throws com.sutazai.engine.decode.EngineException if it says what no grammar can
   */
  String grammar(JsonNode schema);
}
