package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import java.net.URI;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Looks at one server: which models it has and, where it can say so, how many slots. */
final class Lookout {
  private final Backend backend;
  private final BackendConfig config;
  private final ReentrantLock asking = new ReentrantLock();

  /** Looks that have ended, whatever came of them; changed by who holds {@code asking}. */
  private volatile long looks;

  private boolean saysSlots;
  private @Nullable Lists lists;

  /** How the server is asked where it is now. */
  private record Lists(URI at, ServerLists client) {}

  Lookout(Backend backend, BackendConfig config) {
    this.backend = backend;
    saysSlots = !backend.isOllama() && backend.slots().isEmpty();
    this.config = config;
  }

  private ServerLists lists() throws ModelFailure, InterruptedException {
    URI at = backend.reach();
    Lists known = lists;
    if (known == null || !known.at.equals(at)) {
      known =
          new Lists(
              at,
              QuarkusRestClientBuilder.newBuilder()
                  .baseUri(at)
                  .connectTimeout(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                  .readTimeout(config.listTimeout().toMillis(), TimeUnit.MILLISECONDS)
                  .build(ServerLists.class));
      lists = known;
    }
    return known.client;
  }

  Backend backend() {
    return backend;
  }

  /** One caller asks; those who come in the meantime take what came of it, a failure too. */
  void look() {
    long seen = looks;
    asking.lock();
    try {
      if (looks == seen) {
        askOnce();
      }
    } finally {
      asking.unlock();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // the lock is held
  private void askOnce() {
    try {
      ask();
    } finally {
      looks++;
    }
  }

  private void ask() {
    try {
      ServerLists asked = lists();
      String authorization = backend.authorization();
      ObjectNode answer =
          backend.isOllama()
              ? asked.ollamaModels(authorization)
              : asked.openAiModels(authorization);
      Dialect dialect = backend.isOllama() ? Dialect.OLLAMA : Dialect.OPENAI;
      backend.listed(
          ModelList.read(answer, dialect), saysSlots ? slots(asked) : OptionalInt.empty());
    } catch (WebApplicationException e) {
      backend.failed(refused(e));
    } catch (ProcessingException e) {
      backend.failed(ServerClient.unreachable(backend, e));
    } catch (ModelFailure failure) {
      backend.failed(failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever asked stops
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
  private OptionalInt slots(ServerLists asked) {
    try {
      JsonNode total = asked.properties(backend.authorization()).path("total_slots");
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
