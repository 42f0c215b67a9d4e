package com.sutazai.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sutazai.platform.id.Digests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** A registry of models on loopback, which can break off, hold back and lie. */
public final class FakeRegistry implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, String> manifests = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** Bytes after which the next answer breaks off; negative for never. */
  private volatile int breakAfter = -1;

  /** Where answers wait after their first half; null when they do not. */
  private volatile CountDownLatch held;

  @SuppressWarnings("NullAway")
  public FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Offers a model under the path and tag; the digest of its file. */
  public String offer(String path, String tag, byte[] file) {
    String hex = HexFormat.of().formatHex(Digests.sha256(file));
    offer(path, tag, hex, file.length);
    blobs.put("sha256:" + hex, file);
    return hex;
  }

  /** The same with a digest and a size of its own. */
  public void offer(String path, String tag, String hex, long size) {
    manifests.put(
        path + "/manifests/" + tag,
        """
        {"layers":[
         {"mediaType":"application/vnd.ollama.image.license","digest":"sha256:%s","size":1},
         {"mediaType":"application/vnd.ollama.image.model","digest":"sha256:%s","size":%d}]}\
        """
            .formatted("0".repeat(64), hex, size));
  }

  public void blob(String hex, byte[] bytes) {
    blobs.put("sha256:" + hex, bytes);
  }

  /** Offers a file by its name, for addresses that end with it. */
  public void file(String name, byte[] bytes) {
    blobs.put(name, bytes);
  }

  public void breakAfter(int bytes) {
    breakAfter = bytes;
  }

  public CountDownLatch hold() {
    CountDownLatch latch = new CountDownLatch(1);
    held = latch;
    return latch;
  }

  /** What was asked for: path, and the range behind it. */
  public List<String> requests() {
    return requests;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().replaceFirst("^/v2/", "");
    String range = exchange.getRequestHeaders().getFirst("Range");
    requests.add(path + (range == null ? "" : " " + range));
    String digest = path.substring(path.lastIndexOf('/') + 1);
    try (exchange) {
      if (manifests.containsKey(path)) {
        byte[] manifest = manifests.get(path).getBytes(UTF_8);
        exchange.sendResponseHeaders(200, manifest.length);
        exchange.getResponseBody().write(manifest);
      } else if (blobs.containsKey(digest)) {
        send(exchange, blobs.get(digest), range);
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private void send(HttpExchange exchange, byte[] file, String range) throws IOException {
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (from >= file.length) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, file.length - 1, file.length));
    }
    int length = file.length - from;
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length);
    int first = breakAfter >= 0 ? Math.min(breakAfter, length) : length / 2;
    exchange.getResponseBody().write(file, from, first);
    exchange.getResponseBody().flush();
    if (breakAfter >= 0) {
      breakAfter = -1;
      throw new IOException("broken off");
    }
    await();
    exchange.getResponseBody().write(file, from + first, length - first);
  }

  private void await() {
    CountDownLatch latch = held;
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
