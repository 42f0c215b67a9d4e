package com.sutazai.testing;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model server that speaks Ollama's and OpenAI's wire formats and does what a script says:
 * answers, waits, fails, hangs, breaks off. Scripts are used up one per generation; without one it
 * says {@code Hello world}.
 */
public final class FakeModelServer implements AutoCloseable {
  private final ServerSocket server;
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final List<JsonObject> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger abandoned = new AtomicInteger();
  private volatile Script otherwise = say("Hello", " world");
  private volatile Script embedding = FakeExchange::embed;
  private final AtomicInteger atWork = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final FakeModels models = new FakeModels();
  private volatile int slots;

  private FakeModelServer(ServerSocket server) {
    this.server = server;
  }

  /** What happens to one generation. */
  public interface Script {
    void play(FakeExchange exchange) throws IOException, InterruptedException;
  }

  public static FakeModelServer start() {
    return start(0);
  }

  /** Starts on a port of loopback; 0 takes a free one. */
  public static FakeModelServer start(int port) {
    try {
      FakeModelServer fake =
          new FakeModelServer(new ServerSocket(port, 200, InetAddress.getByName("127.0.0.1")));
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

  /** Forgets scripts and requests; its models are others from then on. */
  public void reset() {
    scripts.clear();
    requests.clear();
    connections.set(0);
    abandoned.set(0);
    mostAtOnce.set(0);
    otherwise = say("Hello", " world");
    embedding = FakeExchange::embed;
    models.reset();
  }

  /** What the next generations do, one script each. */
  public void next(Script... script) {
    scripts.addAll(Arrays.asList(script));
  }

  /** What generations do when no script is left. */
  public void otherwise(Script script) {
    otherwise = script;
  }

  /** What requests for embeddings do. */
  public void embedding(Script script) {
    embedding = script;
  }

  /** Has other models under the same names. */
  public void replaceModels() {
    models.replace();
  }

  public void models(String... names) {
    models.are(names);
  }

  /** What it says as a llama-server about its slots; 0 is nothing. */
  public void slots(int total) {
    slots = total;
  }

  /** It lists what it has loaded, each with so much of it on a GPU; else it lists all it has. */
  public void vram(long bytes) {
    models.vram(bytes);
  }

  /** Most generations that were under way at one time; one is until it begins to say its end. */
  public int mostAtOnce() {
    return mostAtOnce.get();
  }

  /** Bodies of all requests that ask or change a model. */
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
    return FakeExchange::cut;
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
    return FakeExchange::hang;
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

  /** A call of a tool. */
  public static Script callTool(String name, JsonObject arguments) {
    return exchange -> {
      exchange.head();
      exchange.toolCall(name, arguments);
      exchange.done(7, 1);
    };
  }

  /** Reasoning, then an answer. */
  public static Script think(String reasoning, String... tokens) {
    return exchange -> {
      exchange.head();
      exchange.reasoning(reasoning);
      for (String token : tokens) {
        exchange.token(token);
      }
      exchange.done(7, tokens.length);
    };
  }

  /** So many slots that each take so long; who comes later waits, first come first served. */
  public static Script slots(int slots, Duration each) {
    Semaphore free = new Semaphore(slots, true);
    return exchange -> {
      free.acquire();
      try {
        Thread.sleep(each);
      } finally {
        free.release();
      }
      say("Hello", " world").play(exchange);
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
        socket.setTcpNoDelay(true); // as real servers do it, or each answer takes 40 ms
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
      FakeExchange exchange = new FakeExchange(socket, in);
      while (exchange.readRequest()) {
        route(exchange);
      }
    } catch (IOException e) {
      // the client went away between requests
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void route(FakeExchange exchange) throws IOException, InterruptedException {
    switch (exchange.path()) {
      case "/" -> exchange.status(200, "Ollama is running");
      case "/api/tags" -> exchange.status(200, models.tags());
      case "/v1/models" -> exchange.status(200, models.openAi());
      case "/api/version" -> exchange.status(200, "{\"version\":\"0.33.0\"}");
      case "/api/ps" -> exchange.status(200, models.loaded());
      case "/props" -> properties(exchange);
      case "/api/embed", "/v1/embeddings" -> embed(exchange);
      case "/api/generate", "/api/chat", "/v1/chat/completions", "/v1/completions" ->
          generate(exchange);
      case "/api/show" -> models.show(exchange);
      case "/api/pull", "/api/create" -> change(exchange);
      case "/api/copy", "/api/delete" -> {
        requests.add(exchange.body());
        exchange.status(200, "");
      }
      default -> exchange.status(404, "{\"error\":\"not found\"}");
    }
  }

  /** Says how it gets on, then has the model; a script may do something else. */
  private void change(FakeExchange exchange) throws IOException, InterruptedException {
    JsonObject body = exchange.body();
    requests.add(body);
    Script script = scripts.poll();
    if (script != null) {
      script.play(exchange);
      return;
    }
    exchange.head();
    exchange.chunk("{\"status\":\"pulling manifest\"}\n");
    exchange.chunk(
        "{\"status\":\"pulling\",\"digest\":\"sha256:0\",\"total\":10,\"completed\":10}\n");
    models.add(body);
    exchange.chunk("{\"status\":\"success\"}\n");
    exchange.end();
  }

  private void properties(FakeExchange exchange) throws IOException {
    if (slots > 0) {
      exchange.status(200, new JsonObject().put("total_slots", slots).encode());
    } else {
      exchange.status(404, "{\"error\":\"not found\"}");
    }
  }

  private void embed(FakeExchange exchange) throws IOException, InterruptedException {
    requests.add(exchange.body());
    embedding.play(exchange);
  }

  private void generate(FakeExchange exchange) throws IOException, InterruptedException {
    JsonObject body = exchange.body();
    requests.add(body);
    if (exchange.path().equals("/api/generate") && !body.containsKey("prompt")) {
      models.load(exchange, body);
      return;
    }
    mostAtOnce.accumulateAndGet(atWork.incrementAndGet(), Math::max);
    exchange.beforeEnd(atWork::decrementAndGet);
    Script script = scripts.poll();
    try {
      if (models.lists(body.getString("model"))) {
        (script == null ? otherwise : script).play(exchange);
      } else {
        exchange.status(404, FakeModels.notFound(body.getString("model")));
      }
    } catch (SocketException e) {
      if (!exchange.isClosed()) {
        abandoned.incrementAndGet();
      }
      throw e;
    } finally {
      exchange.ends();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
