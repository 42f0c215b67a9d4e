package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.model.ModelTag;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The models that a server said it has; without those under whose name nothing could be counted.
 *
 * @param models what it told about each, by the model's name, in its order
 * @param at {@link System#nanoTime()} of the answer
 */
record ModelList(Map<String, ObjectNode> models, long at) {
  /** Reads {@code models[].name} of Ollama's list or {@code data[].id} of OpenAI's. */
  static ModelList read(JsonNode answer, Dialect dialect) {
    JsonNode entries = answer.path(dialect == Dialect.OLLAMA ? "models" : "data");
    String nameField = dialect == Dialect.OLLAMA ? "name" : "id";
    Map<String, ObjectNode> models = new LinkedHashMap<>();
    for (JsonNode entry : entries) {
      if (entry instanceof ObjectNode model
          && model.path(nameField).isTextual()
          && ModelTag.isName(model.path(nameField).textValue())) {
        models.put(model.path(nameField).textValue(), model);
      }
    }
    return new ModelList(Collections.unmodifiableMap(models), System.nanoTime());
  }

  /** The listed name that {@code wanted} means. */
  Optional<String> find(String wanted) {
    for (String name : ModelTag.spellings(wanted)) {
      if (models.containsKey(name)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
