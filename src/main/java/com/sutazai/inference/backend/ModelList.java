package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The models that a server said it has.
 *
 * @param models what it told about each, by the model's name, in its order
 * @param at {@link System#nanoTime()} of the answer
 */
record ModelList(Map<String, ObjectNode> models, long at) {
  private static final String LATEST = ":latest";

  /** Reads {@code models[].name} of Ollama's list or {@code data[].id} of OpenAI's. */
  static ModelList read(JsonNode answer, Dialect dialect) {
    JsonNode entries = answer.path(dialect == Dialect.OLLAMA ? "models" : "data");
    String nameField = dialect == Dialect.OLLAMA ? "name" : "id";
    Map<String, ObjectNode> models = new LinkedHashMap<>();
    for (JsonNode entry : entries) {
      if (entry instanceof ObjectNode model && model.path(nameField).isTextual()) {
        models.put(model.path(nameField).textValue(), model);
      }
    }
    return new ModelList(Collections.unmodifiableMap(models), System.nanoTime());
  }

  /**
   * The listed name that {@code wanted} means: {@code x} and {@code x:latest} are one, as Ollama
   * has it.
   */
  Optional<String> find(String wanted) {
    String plain =
        wanted.endsWith(LATEST) ? wanted.substring(0, wanted.length() - LATEST.length()) : wanted;
    return Stream.of(wanted, plain, plain + LATEST).filter(models::containsKey).findFirst();
  }
}
