package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Looks at one server: which models it has and, where it can say so, how many slots. */
final class Lookout {
  private final Backend backend;
  private final ServerLists lists;
  private final ReentrantLock asking = new ReentrantLock();
  private boolean saysSlots;

  Lookout(Backend backend, BackendConfig config) {
    this.backend = backend;
    saysSlots = !backend.isOllama() && backend.slots().isEmpty();
    lists =
        QuarkusRestClientBuilder.newBuilder()
            .baseUri(backend.url())
            .connectTimeout(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .readTimeout(config.firstByteTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .build(ServerLists.class);
  }

  Backend backend() {
    return backend;
  }

  /** One caller asks, those who come in the meantime take its answer. */
  void look() {
    ModelList seen = backend.list();
    asking.lock();
    try {
      ModelList known = backend.list();
      if (known == null || known == seen) {
        ask();
      }
    } finally {
      asking.unlock();
    }
  }

  private void ask() {
    try {
      ObjectNode answer =
          backend.isOllama() ? lists.ollamaModels() : lists.openAiModels(backend.authorization());
      Dialect dialect = backend.isOllama() ? Dialect.OLLAMA : Dialect.OPENAI;
      backend.listed(ModelList.read(answer, dialect), saysSlots ? slots() : OptionalInt.empty());
    } catch (WebApplicationException e) {
      backend.failed(refused(e));
    } catch (ProcessingException e) {
      backend.failed(ServerClient.unreachable(backend, e));
    }
  }

  private ModelFailure refused(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    return status < 400
        ? new ModelFailure(
            ModelFailure.Kind.GARBLED,
            "The list of models from " + backend.url() + " cannot be read.",
            e)
        : new ModelFailure(
            ModelFailure.Kind.SERVER_ERROR,
            "The model server "
                + backend.url()
                + " answered "
                + status
                + " when asked for its models.");
  }

  /** A llama-server says how many requests it works on at once; others have no such route. */
  private OptionalInt slots() {
    try {
      JsonNode total = lists.properties(backend.authorization()).path("total_slots");
      if (total.isInt() && total.intValue() > 0) {
        return OptionalInt.of(total.intValue());
      }
      saysSlots = false;
    } catch (WebApplicationException e) {
      saysSlots = e.getResponse().getStatus() >= 500;
    } catch (ProcessingException e) {
      // asked again with the next look
    }
    return OptionalInt.empty();
  }
}
