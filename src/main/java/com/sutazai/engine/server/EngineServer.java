package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.llama.Library;
import com.sutazai.engine.model.ModelStore;
import com.sutazai.engine.pull.Pulls;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Listens on a port of loopback and answers Ollama's routes. One event loop does all but computing.
 */
final class EngineServer {
  /** Clients ask for Ollama's API of some version at least; this is the one that it is like. */
  private static final String VERSION = "0.9.0+sutazai";

  private final Vertx vertx;
  private final Context loop;
  private final Residents residents;
  private final LoadedRoute loaded;
  private final AnswerRoutes answers;
  private final ModelRoutes models;
  private final EmbedRoute embeddings;
  private final TextThread texts;

  EngineServer(Library library, EngineOptions options, ModelStore store, Pulls pulls) {
    vertx = Vertx.vertx(oneLoop());
    loop = vertx.getOrCreateContext();
    InstantSource clock = InstantSource.system();
    residents = new Residents(library, new StoredFiles(store), options, vertx, loop, clock);
    loaded = new LoadedRoute(residents, store, loop, clock);
    models = new ModelRoutes(store, pulls, loop, residents::dismiss, residents::retireDeleted);
    texts = new TextThread(loop);
    embeddings = new EmbedRoute(residents, texts, loop, options);
    var answering = new Answering(residents, texts, loop);
    answers = new AnswerRoutes(answering, new PromptWriter(library), new SchemaFormat(), options);
  }

  private static VertxOptions oneLoop() {
    var files = new FileSystemOptions();
    files.setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setFileSystemOptions(files);
  }

  /**
   * Begins to answer.
   *
   * @return its port
   */
  int listen(String key) {
    var options = new HttpServerOptions().setHost("127.0.0.1").setPort(0).setTcpNoDelay(true);
    Map<String, Routes.Route> routes = new HashMap<>(models.routes());
    routes.put("GET /", (exchange, body) -> exchange.text("Ollama is running"));
    routes.put("GET /api/version", (exchange, body) -> version(exchange));
    routes.put("GET /api/ps", loaded::list);
    routes.put("POST /api/generate", answers::generate);
    routes.put("POST /api/chat", answers::chat);
    routes.put("POST /api/embed", embeddings::embed);
    return vertx
        .createHttpServer(options)
        .requestHandler(new Routes(key, routes))
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  /** Finds out on the event loop how often the step at hand was looked at before. */
  CompletableFuture<Integer> look() {
    CompletableFuture<Integer> looks = new CompletableFuture<>();
    loop.runOnContext(nothing -> looks.complete(Math.max(residents.look(), texts.look())));
    return looks;
  }

  private static void version(Exchange exchange) {
    exchange.answer(JsonNodeFactory.instance.objectNode().put("version", VERSION));
  }
}
