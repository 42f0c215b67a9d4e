package com.sutazai.boot.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** Answers as Ollama's API does, with the same words at once: the trial needs no model. */
final class TrialModelServer implements AutoCloseable {
  private static final int WORDS = 16;
  private static final Form GENERATE =
      new Form(
          "application/x-ndjson",
          """
          {"model":"trial","created_at":"2026-01-01T00:00:00Z","response":" word","done":false}
          """,
          """
          {"model":"trial","created_at":"2026-01-01T00:00:00Z","response":"","done":true,"done_reason":"stop",\
          "total_duration":3,"load_duration":1,"prompt_eval_count":4,"prompt_eval_duration":1,"eval_count":16,"eval_duration":1}
          """);

  private static final Form CHAT =
      new Form(
          GENERATE.type,
          GENERATE.part.replace(
              "\"response\":\" word\"",
              "\"message\":{\"role\":\"assistant\",\"content\":\" word\"}"),
          GENERATE.end.replace(
              "\"response\":\"\"", "\"message\":{\"role\":\"assistant\",\"content\":\"\"}"));

  private static final Form COMPLETIONS =
      new Form(
          "text/event-stream",
          """
          data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"trial","choices":\
          [{"index":0,"delta":{"role":"assistant","content":" word"},"finish_reason":null}]}

          """,
          """
          data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"trial","choices":\
          [{"index":0,"delta":{"content":""},"finish_reason":"stop"}]}

          data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"trial","choices":[],\
          "usage":{"prompt_tokens":4,"completion_tokens":16,"total_tokens":20}}

          data: [DONE]

          """);

  private final HttpServer server;

  TrialModelServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    answer("/api/version", "{\"version\":\"0.12.0\"}");
    answer("/api/ps", "{\"models\":[]}");
    answer("/api/tags", "{\"models\":[{\"name\":\"trial:latest\",\"model\":\"trial:latest\"}]}");
    server.createContext("/api/generate", each -> stream(each, GENERATE));
    server.createContext("/api/chat", each -> stream(each, CHAT));
    server.createContext("/v1/chat/completions", each -> stream(each, COMPLETIONS));
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(String path, String json) {
    server.createContext(
        path,
        exchange -> {
          byte[] body = json.getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static void stream(HttpExchange exchange, Form form) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", form.type);
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      for (int i = 0; i < WORDS; i++) {
        body.write(form.part.getBytes(UTF_8));
        body.flush();
      }
      body.write(form.end.getBytes(UTF_8));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** How a stream looks: each word, and what comes at its end. */
  private record Form(String type, String part, String end) {}
}
