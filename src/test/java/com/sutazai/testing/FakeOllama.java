package com.sutazai.testing;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model server that speaks Ollama's wire format and does what a script says: answers, waits,
 * fails, hangs, breaks off. Scripts are used up one per generation; without one it says {@code
 * Hello world}.
 */
public final class FakeOllama implements AutoCloseable {
  private final ServerSocket server;
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final List<JsonObject> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger abandoned = new AtomicInteger();
  private volatile Script otherwise = say("Hello", " world");
  private volatile List<String> models = List.of("tinyllama:latest");

  private FakeOllama(ServerSocket server) {
    this.server = server;
  }

  /** What happens to one generation. */
  public interface Script {
    void play(Exchange exchange) throws IOException, InterruptedException;
  }

  public static FakeOllama start() {
    return start(0);
  }

  /** Starts on a port of loopback; 0 takes a free one. */
  public static FakeOllama start(int port) {
    try {
      FakeOllama fake =
          new FakeOllama(new ServerSocket(port, 200, InetAddress.getByName("127.0.0.1")));
      Thread.ofVirtual().name("fake-ollama").start(fake::accept);
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** Forgets scripts and requests. */
  public void reset() {
    scripts.clear();
    requests.clear();
    connections.set(0);
    abandoned.set(0);
    otherwise = say("Hello", " world");
    models = List.of("tinyllama:latest");
  }

  /** What the next generations do, one script each. */
  public void next(Script... script) {
    scripts.addAll(Arrays.asList(script));
  }

  /** What generations do when no script is left. */
  public void otherwise(Script script) {
    otherwise = script;
  }

  public void models(String... names) {
    models = List.of(names);
  }

  /** Bodies of all generations asked for. */
  public List<JsonObject> requests() {
    return requests;
  }

  public int connections() {
    return connections.get();
  }

  /** Answers that the client did not wait for. */
  public int abandoned() {
    return abandoned.get();
  }

  /** A whole answer. */
  public static Script say(String... tokens) {
    return exchange -> {
      exchange.head();
      for (String token : tokens) {
        exchange.token(token);
      }
      exchange.done(7, tokens.length);
    };
  }

  /** A whole answer, a token each so often. */
  public static Script slowly(Duration pause, String... tokens) {
    return exchange -> {
      exchange.head();
      for (String token : tokens) {
        Thread.sleep(pause);
        exchange.token(token);
      }
      exchange.done(7, tokens.length);
    };
  }

  /** An answer that never ends, a token each so often. */
  public static Script endlessly(Duration pause) {
    return exchange -> {
      exchange.head();
      while (true) {
        exchange.token("on and ");
        Thread.sleep(pause);
      }
    };
  }

  /** The connection ends before any answer. */
  public static Script cut() {
    return Exchange::cut;
  }

  /** The connection ends after these tokens. */
  public static Script cutAfter(String... tokens) {
    return exchange -> {
      exchange.head();
      for (String token : tokens) {
        exchange.token(token);
      }
      exchange.close();
    };
  }

  /** Nothing comes, not even a head. */
  public static Script hang() {
    return Exchange::hang;
  }

  /** Nothing comes any more after these tokens. */
  public static Script hangAfter(String... tokens) {
    return exchange -> {
      exchange.head();
      for (String token : tokens) {
        exchange.token(token);
      }
      exchange.hang();
    };
  }

  /** A status with Ollama's error body. */
  public static Script status(int status, String error) {
    return exchange -> exchange.status(status, new JsonObject().put("error", error).encode());
  }

  /** These lines as they are, then the end of the answer. */
  public static Script lines(String... lines) {
    return exchange -> {
      exchange.head();
      for (String line : lines) {
        exchange.chunk(line + "\n");
      }
      exchange.end();
    };
  }

  /** One line that never ends. */
  public static Script endlessLine() {
    return exchange -> {
      exchange.head();
      exchange.chunk("{\"response\":\"");
      while (true) {
        exchange.chunk("x".repeat(1 << 16));
      }
    };
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().name("fake-ollama-connection").start(() -> serve(socket));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Exchange exchange = new Exchange(socket, in);
      while (exchange.readRequest()) {
        switch (exchange.path) {
          case "/api/tags" -> exchange.status(200, tags());
          case "/api/generate" -> generate(exchange);
          default -> exchange.status(404, "{\"error\":\"not found\"}");
        }
      }
    } catch (IOException e) {
      // the client went away between requests
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void generate(Exchange exchange) throws IOException, InterruptedException {
    requests.add(new JsonObject(exchange.body));
    Script script = scripts.poll();
    try {
      (script == null ? otherwise : script).play(exchange);
    } catch (SocketException e) {
      if (!exchange.socket.isClosed()) {
        abandoned.incrementAndGet();
      }
      throw e;
    }
  }

  private String tags() {
    var list = new io.vertx.core.json.JsonArray();
    models.forEach(name -> list.add(new JsonObject().put("name", name).put("model", name)));
    return new JsonObject().put("models", list).encode();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request and the way to answer it. */
  public final class Exchange {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private String path = "";
    private String body = "";

    private Exchange(Socket socket, InputStream in) throws IOException {
      this.socket = socket;
      this.in = in;
      this.out = socket.getOutputStream();
    }

    private boolean readRequest() throws IOException {
      String first = line();
      if (first.isEmpty()) {
        return false;
      }
      path = first.split(" ")[1];
      int length = 0;
      for (String header = line(); !header.isEmpty(); header = line()) {
        if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
          length = Integer.parseInt(header.substring(15).strip());
        }
      }
      body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      return true;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    public void head() throws IOException {
      write(
          "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    public void token(String text) throws IOException {
      chunk(
          new JsonObject().put("model", "tinyllama").put("response", text).put("done", false)
              + "\n");
    }

    public void done(int promptTokens, int tokens) throws IOException {
      chunk(
          new JsonObject()
                  .put("model", "tinyllama")
                  .put("response", "")
                  .put("done", true)
                  .put("done_reason", "stop")
                  .put("prompt_eval_count", promptTokens)
                  .put("eval_count", tokens)
              + "\n");
      end();
    }

    public void chunk(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      write(Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
    }

    public void end() throws IOException {
      write("0\r\n\r\n");
    }

    public void status(int status, String json) throws IOException {
      write(
          "HTTP/1.1 "
              + status
              + " Status\r\nContent-Type: application/json\r\nContent-Length: "
              + json.getBytes(StandardCharsets.UTF_8).length
              + "\r\n\r\n"
              + json);
    }

    /** Ends the connection so that what was sent still arrives. */
    public void close() throws IOException {
      socket.close();
    }

    public void cut() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Waits until the client gives up. */
    public void hang() throws IOException {
      if (in.read() < 0) {
        throw new SocketException("the client went away");
      }
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }
}
