package com.sutazai.bench;

import com.sutazai.testing.FakeExchange;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;

/**
 * Measures what the packaged program adds between callers and a model server, and what a window of
 * requests does in its place. Started by {@code src/test/bench/gateway}; docs/performance.md
 * explains it.
 */
public final class GatewayBenchmark {
  private static final int RATE = 1_000;
  private static final int CLIENTS = 32;
  private static final int USERS = 100;
  private static final int SLOTS = 2;
  private static final Duration WORK = Duration.ofMillis(200);
  private static final int STREAMS = 100;
  private static final Duration BEFORE_FIRST = Duration.ofMillis(200);
  private static final Duration BETWEEN = Duration.ofMillis(33);

  /** Less than a stream takes, for all of them: so the last begins before the first has ended. */
  private static final Duration APART = Duration.ofMillis(10);

  private static final String[] WORDS = Collections.nCopies(32, "word ").toArray(String[]::new);
  private static final byte[] PROMPT =
      bytes("{\"model\":\"tinyllama:latest\",\"prompt\":\"hi\",\"stream\":true}");

  private final Path folder;
  private final int seconds;
  private final int runs;

  private GatewayBenchmark(Path folder, int seconds, int runs) {
    this.folder = folder;
    this.seconds = seconds;
    this.runs = runs;
  }

  /** Arguments: seconds of one measurement (10), and how often each is repeated (3). */
  public static void main(String... arguments) throws Exception {
    Path target = Files.createDirectories(Path.of("target/bench").toAbsolutePath());
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
    int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    var benchmark =
        new GatewayBenchmark(Files.createTempDirectory(target, "gateway"), seconds, runs);
    benchmark.paced();
    benchmark.users();
    benchmark.streams();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Product product(String name, int model, Map<String, String> more) throws Exception {
    var environment = new HashMap<>(more);
    environment.put("OLLAMA_BASE_URL", "http://127.0.0.1:" + model);
    return Product.up(folder.resolve(name), environment, List.of("deploy/sutazai"));
  }

  /** Requests that come whether the ones before were answered or not. */
  private void paced() throws Exception {
    Path files = Files.createDirectories(folder.resolve("instant"));
    try (Nginx model = Nginx.start(folder.resolve("nginx"), "", CacheBenchmark.model(files));
        Product product = product("paced", model.port(), Map.of())) {
      paced("to become warm", product.port(), product.pid(), 3 * seconds);
      for (int i = 0; i < runs; i++) {
        paced("the model server itself", model.port(), model.pid(), seconds);
        paced("through this program", product.port(), product.pid(), seconds);
      }
    }
  }

  private static void paced(String name, int port, long pid, int seconds) throws Exception {
    double[] took = new double[RATE * seconds];
    var next = new AtomicInteger();
    double before = Cpu.ofTree(pid);
    long start = System.nanoTime();
    Clients.run(
        CLIENTS,
        client -> {
          try (Http http = new Http(port)) {
            for (int i = next.getAndIncrement(); i < took.length; i = next.getAndIncrement()) {
              long due = start + i * 1_000_000_000L / RATE;
              while (System.nanoTime() < due) {
                Thread.sleep(Duration.ofNanos(Math.max(1, due - System.nanoTime())));
              }
              requireGood(http.post("/api/generate", "", PROMPT));
              took[i] = (System.nanoTime() - due) / 1e6;
            }
          }
        });
    double cpu = (Cpu.ofTree(pid) - before) * 1e6 / took.length;
    Report.say(
        "%d requests/s, %-24s p50 %.2f ms, p99 %.2f ms, %.0f us CPU a request",
        RATE, name, share(took, 0.5), share(took, 0.99), cpu);
  }

  private static void requireGood(Http.Response response) throws IOException {
    if (response.status() != 200) {
      throw new IOException(response.status() + ": " + response.text());
    }
  }

  private void users() throws Exception {
    for (int i = 0; i < runs; i++) {
      try (FakeModelServer model = FakeModelServer.start();
          WindowBatcher window = WindowBatcher.start(model.port());
          Product product = product("users" + i, model.port(), Map.of())) {
        model.otherwise(FakeModelServer.slots(SLOTS, WORK));
        users("the model server itself", model.port());
        users("through this program", product.port());
        users("through a window of 8 in 100 ms", window.port());
      }
    }
  }

  /** Callers who each ask again as soon as they are answered. */
  private void users(String name, int port) throws Exception {
    var answers = new LongAdder();
    var errors = new LongAdder();
    long start = System.nanoTime();
    long end = start + Duration.ofSeconds(2L * seconds).toNanos();
    Clients.run(
        USERS,
        client -> {
          try (Http http = new Http(port)) {
            while (System.nanoTime() < end) {
              boolean good = http.post("/api/generate", "", PROMPT).status() == 200;
              (good ? answers : errors).increment();
            }
          }
        });
    double possible = Stretch.seconds(start) * SLOTS / (WORK.toMillis() / 1e3);
    Report.say(
        "%d users, %-32s %.3f of what is possible, %d errors",
        USERS, name, answers.sum() / possible, errors.sum());
  }

  private void streams() throws Exception {
    Map<String, String> slots = Map.of("SUTAZAI_INFERENCE_SLOTS", String.valueOf(STREAMS));
    try (FakeModelServer model = FakeModelServer.start();
        Product product = product("streams", model.port(), slots)) {
      model.otherwise(GatewayBenchmark::stream);
      rounds("cold", model.port(), product);
      model.otherwise(FakeModelServer.say(WORDS));
      paced("streams to become warm", product.port(), product.pid(), 3 * seconds);
      model.otherwise(GatewayBenchmark::stream);
      rounds("warm", model.port(), product);
    }
  }

  private static void stream(FakeExchange exchange) throws IOException, InterruptedException {
    Thread.sleep(BEFORE_FIRST);
    FakeModelServer.slowly(BETWEEN, WORDS).play(exchange);
  }

  private void rounds(String state, int model, Product product) throws Exception {
    for (int i = 1; i <= runs; i++) {
      streams(state + ", together, round " + i, model, product, Duration.ZERO);
      streams(state + ", one after another, round " + i, model, product, APART);
    }
  }

  private static void streams(String name, int model, Product product, Duration apart)
      throws Exception {
    double[] direct = streams(model, apart);
    double before = Cpu.ofTree(product.pid());
    double[] through = streams(product.port(), apart);
    Report.say(
        "%d streams, %s: added to the first token p50 %.2f ms, p99 %.2f ms (without: %.1f, %.1f ms), %.0f us CPU a stream",
        STREAMS,
        name,
        share(through, 0.5) - share(direct, 0.5),
        share(through, 0.99) - share(direct, 0.99),
        share(direct, 0.5),
        share(direct, 0.99),
        (Cpu.ofTree(product.pid()) - before) * 1e6 / STREAMS);
  }

  /** Milliseconds to the first token of streams that begin so far apart and go on together. */
  private static double[] streams(int port, Duration apart) throws Exception {
    double[] took = new double[STREAMS];
    var together = new CyclicBarrier(STREAMS);
    Clients.run(
        STREAMS,
        client -> {
          try (Http http = new Http(port)) {
            together.await();
            Thread.sleep(apart.multipliedBy(client));
            long start = System.nanoTime();
            took[client] = (http.firstPiece("/api/generate", PROMPT) - start) / 1e6;
          }
        });
    return took;
  }

  private static double share(double[] values, double share) {
    double[] sorted = DoubleStream.of(values).sorted().toArray();
    return sorted[(int) (share * (sorted.length - 1))];
  }
}
