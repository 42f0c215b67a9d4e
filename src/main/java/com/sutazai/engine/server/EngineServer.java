package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.llama.Library;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import java.time.InstantSource;
import java.util.Map;

/**
 * Listens on a port of loopback and answers Ollama's routes. One event loop does all but computing.
 */
final class EngineServer {
  private static final String VERSION = "0.0.0-sutazai";

  private final Vertx vertx;
  private final Context loop;
  private final Residents residents;
  private final AnswerRoutes answers;

  EngineServer(Library library, EngineOptions options, ModelFiles files, AnswerFormat format) {
    vertx = Vertx.vertx(oneLoop());
    loop = vertx.getOrCreateContext();
    residents = new Residents(library, files, options, vertx, loop, InstantSource.system());
    var answering = new Answering(residents, new TextThread(loop), loop);
    answers = new AnswerRoutes(answering, new PromptWriter(library), format, options);
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
    var routes =
        new Routes(
            key,
            Map.of(
                "GET /", (exchange, body) -> exchange.text("Ollama is running"),
                "GET /api/version", (exchange, body) -> version(exchange),
                "GET /api/ps", (exchange, body) -> loaded(exchange),
                "POST /api/generate", answers::generate,
                "POST /api/chat", answers::chat));
    return vertx
        .createHttpServer(options)
        .requestHandler(routes)
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  private static void version(Exchange exchange) {
    exchange.answer(JsonNodeFactory.instance.objectNode().put("version", VERSION));
  }

  private void loaded(Exchange exchange) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode models = answer.putArray("models");
    for (Resident each : residents.all()) {
      models
          .addObject()
          .put("name", each.name)
          .put("model", each.name)
          .put("size", each.bytes)
          .put("size_vram", 0)
          .put("expires_at", String.valueOf(each.expiresAt));
    }
    exchange.answer(answer);
  }
}
