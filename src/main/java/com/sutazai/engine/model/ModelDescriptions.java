package com.sutazai.engine.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What Ollama's API tells about models, in its shapes. */
public final class ModelDescriptions {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ModelDescriptions() {}

  /** The answer of {@code /api/tags}. */
  public static ObjectNode tags(List<StoredModel> models) {
    ArrayNode list = JSON.arrayNode();
    models.forEach(model -> list.add(listed(model)));
    return JSON.objectNode().set("models", list);
  }

  private static ObjectNode listed(StoredModel model) {
    return JSON.objectNode()
        .put("name", model.name())
        .put("model", model.name())
        .put("modified_at", model.modified().toString())
        .put("size", model.size())
        .put("digest", model.digest())
        .set("details", details(model.header()));
  }

  /** What {@code /api/ps} says of the file of a model in memory. */
  public static ObjectNode loaded(StoredModel model) {
    return JSON.objectNode().put("digest", model.digest()).set("details", details(model.header()));
  }

  private static ObjectNode details(GgufHeader header) {
    ObjectNode details =
        JSON.objectNode()
            .put("parent_model", "")
            .put("format", "gguf")
            .put("family", header.architecture());
    details.putArray("families").add(header.architecture());
    return details
        .put("parameter_size", header.parameterSize())
        .put("quantization_level", header.quantization());
  }

  /** The answer of {@code /api/show}: arrays are told as null, as Ollama does. */
  public static ObjectNode shown(StoredModel model) {
    GgufHeader header = model.header();
    ObjectNode info = JSON.objectNode().put("general.parameter_count", header.parameters());
    header
        .values()
        .forEach(
            (key, value) -> {
              switch (value) {
                case Long number -> info.put(key, number);
                case Double number -> info.put(key, number);
                case Boolean flag -> info.put(key, flag);
                default -> info.put(key, value.toString());
              }
            });
    header.arrays().keySet().forEach(info::putNull);
    ObjectNode shown =
        JSON.objectNode()
            .put("modelfile", "FROM " + model.name() + "\n")
            .put("parameters", "")
            .put("template", header.chatTemplate().orElse(""));
    shown.set("details", details(header));
    shown.set("model_info", info);
    shown.putArray("capabilities").add(embedsOnly(header) ? "embedding" : "completion");
    return shown.put("modified_at", model.modified().toString());
  }

  private static boolean embedsOnly(GgufHeader header) {
    return header.values().containsKey(header.architecture() + ".pooling_type");
  }
}
