package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.decode.EngineException;
import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.model.GgufException;
import com.sutazai.engine.model.ModelDescriptions;
import com.sutazai.engine.model.ModelReference;
import com.sutazai.engine.model.ModelStore;
import com.sutazai.engine.pull.PullListener;
import com.sutazai.engine.pull.Pulls;
import io.vertx.core.Context;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Ollama's routes to the model files. Files are read and written on threads of their own; answers
 * are given on the event loop.
 */
final class ModelRoutes {
  private static final int REFUSED = 400;
  private static final int NOT_FOUND = 404;
  private static final int FAILED = 500;

  private final ModelStore store;
  private final Pulls pulls;
  private final Context loop;
  private final Consumer<String> changed;
  private final Runnable deleted;

  /**
   * Routes to a folder's models.
   *
   * @param changed is told on the event loop which model's file is another one now
   * @param deleted is told there that a model's file is gone
   */
  ModelRoutes(
      ModelStore store, Pulls pulls, Context loop, Consumer<String> changed, Runnable deleted) {
    this.store = store;
    this.pulls = pulls;
    this.loop = loop;
    this.changed = changed;
    this.deleted = deleted;
  }

  Map<String, Routes.Route> routes() {
    return Map.of(
        "GET /api/tags", (exchange, body) -> aside(exchange, this::tags),
        "POST /api/show", (exchange, body) -> aside(exchange, () -> show(body)),
        "POST /api/pull", this::pull,
        "DELETE /api/delete", this::delete,
        "POST /api/create", (exchange, body) -> unknown(exchange),
        "POST /api/copy", (exchange, body) -> unknown(exchange));
  }

  /** A 400, because a 404 would say that the model is missing. */
  private static void unknown(Exchange exchange) {
    exchange.fail(REFUSED, "the engine inside makes no models of others; Ollama does");
  }

  private interface Work {
    ObjectNode done() throws IOException;
  }

  private static final class NoSuchModelException extends IOException {
    private static final long serialVersionUID = 1L;

    NoSuchModelException(String name) {
      super("model '" + name + "' not found");
    }
  }

  private void aside(Exchange exchange, Work work) {
    Thread.ofVirtual().start(() -> answer(exchange, work));
  }

  private void answer(Exchange exchange, Work work) {
    try {
      ObjectNode answer = work.done();
      loop.runOnContext(nothing -> exchange.answer(answer));
    } catch (NoSuchModelException e) {
      fail(exchange, NOT_FOUND, e);
    } catch (EngineException e) {
      loop.runOnContext(nothing -> exchange.fail(e));
    } catch (IOException | RuntimeException | Error e) {
      fail(exchange, FAILED, e);
    }
  }

  private void fail(Exchange exchange, int status, Throwable failure) {
    loop.runOnContext(nothing -> exchange.fail(status, String.valueOf(failure.getMessage())));
  }

  private ObjectNode tags() throws IOException {
    return ModelDescriptions.tags(store.list());
  }

  private ObjectNode show(RequestBody body) throws IOException {
    String name = name(body);
    try {
      return store
          .describe(name)
          .map(ModelDescriptions::shown)
          .orElseThrow(() -> new NoSuchModelException(name));
    } catch (GgufException e) {
      throw new EngineException(
          Kind.UNRUNNABLE_MODEL, "model '" + name + "' cannot be run: " + e.why());
    }
  }

  /** {@code model}, or {@code name} as older clients say. */
  private static String name(RequestBody body) {
    return body.text("model").isPresent() ? body.model() : body.text("name").orElseGet(body::model);
  }

  private void delete(Exchange exchange, RequestBody body) {
    String name = name(body);
    Optional<String> kept = store.whyKept(name);
    if (kept.isPresent()) {
      exchange.fail(REFUSED, "model '" + name + "' cannot be deleted: " + kept.get());
      return;
    }
    aside(
        exchange,
        () -> {
          if (!store.remove(name)) {
            throw new NoSuchModelException(name);
          }
          loop.runOnContext(nothing -> deleted.run());
          return JsonNodeFactory.instance.objectNode();
        });
  }

  private void tellChanged(String name) {
    try {
      changed.accept(name);
    } catch (EngineException e) {
      // there was no such model
    }
  }

  private void pull(Exchange exchange, RequestBody body) {
    boolean stream = body.flag("stream", true);
    String name = name(body);
    Runnable leave = pulls.pull(name, new Told(exchange, name, stream));
    exchange.onGone(leave);
  }

  /** Passes the steps of a pull on, or their end to who wants no stream. */
  private final class Told implements PullListener {
    private final Exchange exchange;
    private final String name;
    private final boolean stream;
    private Optional<ObjectNode> last = Optional.empty();

    Told(Exchange exchange, String name, boolean stream) {
      this.exchange = exchange;
      this.name = name;
      this.stream = stream;
    }

    @Override
    public void line(ObjectNode step) {
      last = Optional.of(step);
      if (stream) {
        loop.runOnContext(nothing -> exchange.line(step));
      }
    }

    @Override
    public void end() {
      ObjectNode step = last.orElseThrow();
      loop.runOnContext(
          nothing -> {
            Pulls.reference(name)
                .map(ModelReference::name)
                .ifPresent(ModelRoutes.this::tellChanged);
            if (stream) {
              exchange.end();
            } else if (step.has("error")) {
              exchange.fail(FAILED, step.path("error").asText());
            } else {
              exchange.answer(step);
            }
          });
    }
  }
}
