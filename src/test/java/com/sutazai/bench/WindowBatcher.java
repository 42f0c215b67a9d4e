package com.sutazai.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The guide's way to gather requests before a model: a window that ends with {@value #MOST}
 * requests or after {@value #WINDOW_MILLIS} ms, whose requests are asked together; the next
 * window's wait until all of them were answered.
 */
final class WindowBatcher implements AutoCloseable {
  private static final int MOST = 8;
  private static final int WINDOW_MILLIS = 100;

  private final HttpServer server;
  private final int model;
  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private final Thread windows = Thread.ofVirtual().unstarted(this::gather);

  private record Waiting(byte[] body, CompletableFuture<Http.Response> answer) {}

  private WindowBatcher(HttpServer server, int model) {
    this.server = server;
    this.model = model;
  }

  /** Starts it on a free port, before the model server of that port. */
  static WindowBatcher start(int model) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var batcher = new WindowBatcher(HttpServer.create(address, 1024), model);
    batcher.server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    batcher.server.createContext("/", batcher::answer);
    batcher.server.start();
    batcher.windows.start();
    return batcher;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var mine = new Waiting(exchange.getRequestBody().readAllBytes(), new CompletableFuture<>());
      waiting.add(mine);
      Http.Response answer = mine.answer().join();
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private void gather() {
    try {
      while (true) {
        List<Waiting> window = new ArrayList<>(List.of(waiting.take()));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WINDOW_MILLIS);
        while (window.size() < MOST) {
          Waiting next = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
          if (next == null) {
            break;
          }
          window.add(next);
        }
        ask(window);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void ask(List<Waiting> window) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      window.forEach(each -> threads.execute(() -> ask(each)));
    }
  }

  private void ask(Waiting each) {
    try (Http http = new Http(model)) {
      each.answer().complete(http.post("/api/generate", "", each.body()));
    } catch (IOException e) {
      each.answer().completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    windows.interrupt();
    server.stop(0);
  }
}
