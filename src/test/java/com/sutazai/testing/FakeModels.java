package com.sutazai.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The models of a {@link FakeModelServer}: which it has, what they were made of, what is loaded.
 */
final class FakeModels {
  private static final String FIRST = "tinyllama:latest";

  private final List<String> names = new CopyOnWriteArrayList<>(List.of(FIRST));
  private final Map<String, JsonObject> created = new ConcurrentHashMap<>();
  private final Set<String> inMemory = ConcurrentHashMap.newKeySet();
  private volatile long vram = -1;
  private volatile String version = UUID.randomUUID().toString();

  void reset() {
    are(FIRST);
    created.clear();
    inMemory.clear();
    vram = -1;
    replace();
  }

  /** From now on each name stands for another model. */
  void replace() {
    version = UUID.randomUUID().toString();
  }

  void are(String... models) {
    names.clear();
    names.addAll(List.of(models));
  }

  void vram(long bytes) {
    vram = bytes;
  }

  /** What was pulled, or created from another one. */
  void add(JsonObject body) {
    String model = body.getString("model");
    if (body.containsKey("from")) {
      created.put(model, body);
    }
    String listed = model.contains(":") ? model : model + ":latest";
    names.remove(listed);
    names.add(listed);
  }

  /** Whether it is listed by this very name. */
  boolean lists(String model) {
    return names.contains(model);
  }

  private boolean has(String model) {
    return lists(model) || lists(model + ":latest");
  }

  static String notFound(String model) {
    return new JsonObject().put("error", "model '" + model + "' not found").encode();
  }

  void show(FakeExchange exchange) throws IOException {
    String model = exchange.body().getString("model");
    if (!has(model)) {
      exchange.status(404, notFound(model));
      return;
    }
    JsonObject made = created.getOrDefault(model, new JsonObject());
    StringBuilder parameters = new StringBuilder("stop    \"<|user|>\"");
    made.getJsonObject("parameters", new JsonObject())
        .forEach(each -> parameters.append("\n%-20s %s".formatted(each.getKey(), each.getValue())));
    JsonObject details =
        new JsonObject().put("family", "llama").put("parent_model", made.getString("from", ""));
    exchange.status(
        200,
        new JsonObject()
            .put("details", details)
            .put("parameters", parameters.toString())
            .put("model_info", new JsonObject())
            .encode());
  }

  /** Loads or unloads the model of a request without a prompt. */
  void load(FakeExchange exchange, JsonObject body) throws IOException {
    String model = body.getString("model");
    if (!has(model)) {
      exchange.status(404, notFound(model));
      return;
    }
    boolean unload = body.containsKey("keep_alive") && body.getDouble("keep_alive") == 0;
    if (unload) {
      inMemory.remove(model);
    } else {
      inMemory.add(model);
    }
    exchange.status(
        200,
        new JsonObject()
            .put("model", model)
            .put("response", "")
            .put("done", true)
            .put("done_reason", unload ? "unload" : "load")
            .encode());
  }

  String tags() {
    return list(names, new JsonObject());
  }

  /** What is loaded, with its share of a GPU where that was told; else all. */
  String loaded() {
    return vram < 0 ? tags() : list(inMemory, new JsonObject().put("size_vram", vram));
  }

  private String list(Iterable<String> names, JsonObject more) {
    JsonArray list = new JsonArray();
    names.forEach(
        name ->
            list.add(
                new JsonObject()
                    .put("name", name)
                    .put("model", name)
                    .put("digest", version + name)
                    .mergeIn(more)));
    return new JsonObject().put("models", list).encode();
  }

  String openAi() {
    JsonArray list = new JsonArray();
    names.forEach(
        name ->
            list.add(
                new JsonObject().put("id", name).put("object", "model").put("owned_by", "fake")));
    return new JsonObject().put("object", "list").put("data", list).encode();
  }
}
