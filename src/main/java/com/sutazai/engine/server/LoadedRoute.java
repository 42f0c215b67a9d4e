package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.model.ModelDescriptions;
import com.sutazai.engine.model.ModelStore;
import io.vertx.core.Context;
import java.io.IOException;
import java.time.InstantSource;

/**
 * {@code GET /api/ps}: the models in memory. What their files say is read aside, because a digest
 * may have to be computed first.
 */
final class LoadedRoute {
  private final Residents residents;
  private final ModelStore store;
  private final Context loop;
  private final InstantSource clock;

  LoadedRoute(Residents residents, ModelStore store, Context loop, InstantSource clock) {
    this.residents = residents;
    this.store = store;
    this.loop = loop;
    this.clock = clock;
  }

  void list(Exchange exchange, RequestBody body) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode models = answer.putArray("models");
    residents.all().forEach(each -> models.add(described(each)));
    Thread.ofVirtual()
        .start(
            () -> {
              models.forEach(each -> addFile((ObjectNode) each));
              loop.runOnContext(nothing -> exchange.answer(answer));
            });
  }

  private ObjectNode described(Resident resident) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", resident.name)
        .put("model", resident.name)
        .put("size", resident.bytes)
        .put("size_vram", 0)
        .put("expires_at", resident.expiresAt(clock.instant()).toString())
        .put("running", resident.decoder.running())
        .put("waiting", resident.decoder.waiting());
  }

  private void addFile(ObjectNode model) {
    try {
      store
          .describe(model.path("name").asText())
          .map(ModelDescriptions::loaded)
          .ifPresent(model::setAll);
    } catch (IOException | RuntimeException e) {
      // the file is gone or another one meanwhile: the model is told without it
    }
  }
}
