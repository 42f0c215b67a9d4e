package com.sutazai.bench;

import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what answers from memory cost the packaged program, beside nginx that serves the same
 * bytes from a file. Started by {@code src/test/bench/cache}; docs/performance.md explains it.
 */
public final class CacheBenchmark {
  private static final String AGENT = "an agent from memory";
  private static final String FILE = "nginx: the same bytes from a file";
  private static final String KEPT = "a kept answer of a model";
  private static final String PACED = "the same, about 1,000 a second";
  private static final String NEW = "a new answer of a model";
  private static final String PASS = "an answer of a model past the cache";
  private static final String PROXY = "nginx: that answer passed on";
  private static final String NOTHING = "";
  private static final String BODY = "{\"prompt\":\"kept\"}";

  /** Before each request of a connection, in milliseconds. */
  private static final String PAUSES = "\nfunction delay() return math.random(4, 12) end";

  private static final int TOKENS = 100;

  private final Path folder;
  private final int seconds;
  private final Map<String, List<Double>> costs = new HashMap<>();

  private CacheBenchmark(Path folder, int seconds) {
    this.folder = folder;
    this.seconds = seconds;
  }

  /**
   * Arguments: {@code seconds=N} of one measurement, {@code warm=N} before them, {@code runs=N}.
   */
  public static void main(String... arguments) throws Exception {
    Map<String, Integer> given = new HashMap<>(Map.of("seconds", 8, "warm", 20, "runs", 3));
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      if (parts.length != 2 || !given.containsKey(parts[0])) {
        throw new IllegalArgumentException(argument + ": write one of " + given.keySet() + "=N");
      }
      given.put(parts[0], Integer.valueOf(parts[1]));
    }
    Path folder = Files.createDirectories(Path.of("target/bench").toAbsolutePath());
    folder = Files.createTempDirectory(folder, "cache");
    int seconds = given.getOrDefault("seconds", 0);
    new CacheBenchmark(folder, seconds)
        .run(given.getOrDefault("warm", 0), given.getOrDefault("runs", 0));
  }

  private void run(int warm, int runs) throws Exception {
    try (Nginx model = Nginx.start(folder.resolve("model"), NOTHING, model(folder))) {
      String upstream =
          "upstream model { server 127.0.0.1:%d; keepalive 64; }".formatted(model.port());
      Path files = Files.createDirectories(folder.resolve("files"));
      try (Nginx nginx = Nginx.start(folder.resolve("nginx"), upstream, besides(files));
          Product product = product(model.port())) {
        String agent = agent(product);
        Files.writeString(files.resolve("agent"), product.get(agent).body());
        List<Part> parts =
            List.of(
                new Part(AGENT, product.pid(), product.uri(agent).toString(), NOTHING, 32),
                new Part(FILE, nginx.pid(), url(nginx, "/agent"), NOTHING, 32),
                new Part("/health", product.pid(), product.uri("/health").toString(), NOTHING, 8),
                generate(KEPT, product, post(BODY)),
                generate(PACED, product, post(BODY) + PAUSES),
                generate(PASS, product, post("{\"prompt\":\"kept\",\"cache\":false}")),
                new Part(PROXY, nginx.pid(), url(nginx, "/api/generate"), post("{}"), 8),
                generate(NEW, product, other()));
        for (Part part : parts) {
          Wrk.run(folder, part.url(), part.lua(), part.connections(), warm);
        }
        for (int i = 1; i <= runs; i++) {
          Report.say("run %d", i);
          for (Part part : parts) {
            measure(part);
          }
        }
      }
    }
    Report.say(
        "median CPU of %s: %.2f x %s (goal: 1.5 x)", AGENT, median(AGENT) / median(FILE), FILE);
    Report.say("median CPU of %s: %.0f us (goal: 60)", KEPT, median(KEPT));
  }

  /** Requests of one kind; the CPU of that process counts. */
  private record Part(String name, long pid, String url, String lua, int connections) {}

  private void measure(Part part) throws IOException, InterruptedException {
    double before = Cpu.ofTree(part.pid());
    double machine = Cpu.ofMachine();
    Wrk.Run run = Wrk.run(folder, part.url(), part.lua(), part.connections(), seconds);
    double cost = (Cpu.ofTree(part.pid()) - before) * 1e6 / run.requests();
    double busy = (Cpu.ofMachine() - machine) / run.seconds();
    costs.computeIfAbsent(part.name(), first -> new ArrayList<>()).add(cost);
    Report.say(
        "  %-38s %6.1f us CPU, %,8.0f/s, p50 %.2f ms, p99 %.2f ms, %.1f cores busy",
        part.name(), cost, run.rate(), run.p50(), run.p99(), busy);
  }

  private double median(String name) {
    double[] all =
        costs.getOrDefault(name, List.of()).stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(all);
    return all[all.length / 2];
  }

  private Product product(int model) throws Exception {
    return Product.up(
        folder.resolve("data"),
        Map.of("OLLAMA_BASE_URL", "http://127.0.0.1:" + model),
        List.of("deploy/sutazai"));
  }

  private static String agent(Product product) throws Exception {
    String made = "{\"name\":\"kept\",\"type\":\"assistant\",\"capabilities\":[\"chat\",\"code\"]}";
    return "/api/agents/"
        + new JsonObject(product.post("/api/agents", made).body()).getString("id");
  }

  private static Part generate(String name, Product product, String lua) {
    return new Part(name, product.pid(), product.uri("/generate").toString(), lua, 8);
  }

  private static String url(Nginx nginx, String path) {
    return "http://127.0.0.1:" + nginx.port() + path;
  }

  private static String post(String body) {
    return "wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\nwrk.body = '%s'"
        .formatted(body);
  }

  /** Each request a prompt that was never asked before. */
  private static String other() {
    return post("{}")
        + """

        local n = 0
        local run = os.time()
        request = function()
          n = n + 1
          return wrk.format(nil, nil, nil, '{"prompt":"' .. run .. '-' .. n .. '"}')
        end
        """;
  }

  /** Files, and a model server behind. */
  private static String besides(Path files) {
    return """
        location / { root %s; default_type application/json; }
        location /api/ { proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; }
        """
        .formatted(files);
  }

  /** A model server that answers at once, in Ollama's words; nginx has files for GET alone. */
  static String model(Path folder) throws IOException {
    String token = "{\"model\":\"tinyllama\",\"response\":\"word \",\"done\":false}\n";
    String end =
        "{\"model\":\"tinyllama\",\"response\":\"\",\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":7,\"eval_count\":%d}\n"
            .formatted(TOKENS);
    Path files = Files.createDirectories(folder.resolve("answers"));
    Files.writeString(files.resolve("generated"), token.repeat(TOKENS) + end);
    return """
        default_type application/json;
        location = /api/tags { return 200 '{"models":[{"name":"tinyllama:latest","model":"tinyllama:latest","digest":"sha256:0"}]}'; }
        location = /api/version { return 200 '{"version":"0.33.0"}'; }
        location = /api/ps { return 200 '{"models":[]}'; }
        location = /api/generate { error_page 405 =200 /generated; return 405; }
        location = /generated { root %s; default_type application/x-ndjson; }
        location = / { return 200 'Ollama is running'; }
        """
        .formatted(files);
  }
}
