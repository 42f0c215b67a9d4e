import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tokens that the engine makes in a second of processor time, beside llama.cpp's own server with the
 * same model, one thread each: the run script tells what it needs. Each answer has 32 tokens, each
 * prompt about as many, no two prompts begin alike. Prompts count as time and not as tokens.
 */
final class EngineBenchmark {
  private static final int TOKENS = 32;
  private static final int[] AT_ONCE = {1, 4, 8, 16};
  private static final int SLOTS = 16;
  private static final int CONTEXT = 256;
  private static final String KEY = "bench";
  private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");
  private static final Pattern MADE =
      Pattern.compile("\"(?:eval_count|tokens_predicted)\":(\\d+)");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private EngineBenchmark() {}

  /** A server to measure. */
  private record Server(String name, Process process, URI uri, String body) {}

  public static void main(String[] arguments) throws Exception {
    Path model = Path.of(arguments[0]).toAbsolutePath();
    int rounds = Integer.parseInt(arguments[1]);
    List<Server> servers = new ArrayList<>();
    try {
      servers.add(engine("carried library", model, List.of()));
      if (new File(arguments[2]).isDirectory()) {
        Path library = Path.of(arguments[2]).toAbsolutePath();
        servers.add(engine("newer library", model, List.of("--library=" + library)));
      }
      if (new File(arguments[3]).canExecute()) {
        servers.add(llamaServer(Path.of(arguments[3]).toAbsolutePath(), model));
      }
      System.out.println("tokens per second of processor time; rounds of each: " + rounds);
      for (Server each : servers) {
        measure(each, 1, new Random(0)); // loads the model
      }
      for (int atOnce : AT_ONCE) {
        for (int round = 0; round < rounds; round++) {
          for (Server each : servers) {
            double speed = measure(each, atOnce, new Random(31L * atOnce + round));
            System.out.printf("%-18s %2d at once  %6.1f%n", each.name, atOnce, speed);
          }
        }
      }
    } finally {
      servers.forEach(each -> each.process.destroy());
    }
  }

  private static double measure(Server server, int atOnce, Random random) throws Exception {
    Duration before = server.process.info().totalCpuDuration().orElseThrow();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < atOnce; i++) {
      String body = server.body.replace("PROMPT", prompt(random));
      var request =
          HttpRequest.newBuilder(server.uri)
              .header("Authorization", "Bearer " + KEY)
              .POST(BodyPublishers.ofString(body))
              .build();
      answers.add(
          CLIENT.sendAsync(request, BodyHandlers.ofString()).thenApply(answer -> answer.body()));
    }
    long made = 0;
    for (var each : answers) {
      Matcher count = MADE.matcher(each.get());
      if (!count.find()) {
        throw new IllegalStateException(server.name + " answered " + each.get());
      }
      made += Long.parseLong(count.group(1));
    }
    Duration used = server.process.info().totalCpuDuration().orElseThrow().minus(before);
    return made / (used.toNanos() / 1e9);
  }

  private static String prompt(Random random) {
    var prompt = new StringBuilder();
    for (int i = 0; i < TOKENS; i++) {
      prompt.append(' ').append((char) ('a' + random.nextInt(26)));
    }
    return prompt.toString();
  }

  private static Server engine(String name, Path model, List<String> more) throws IOException {
    String file = model.getFileName().toString();
    List<String> command = new ArrayList<>(List.of("java", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(System.getProperty("bench.engine").split(" ")));
    command.addAll(List.of("--models=" + model.getParent(), "--threads=1"));
    command.addAll(List.of("--sequences=" + SLOTS, "--context=" + CONTEXT));
    command.addAll(more);
    var builder = new ProcessBuilder(command).redirectError(new File("target/bench-engine.log"));
    builder.environment().put("SUTAZAI_ENGINE_KEY", KEY);
    builder.environment().put("GGML_NO_BACKTRACE", "1");
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    Process process = builder.start();
    String told = process.inputReader().readLine();
    Matcher port = PORT.matcher(String.valueOf(told));
    if (!port.find()) {
      throw new IOException("the engine said " + told);
    }
    String body =
        """
        {"model":"%s","prompt":"PROMPT","raw":true,"stream":false,
         "options":{"temperature":0,"num_predict":%d}}"""
            .formatted(file.substring(0, file.lastIndexOf('.')), TOKENS);
    URI uri = URI.create("http://127.0.0.1:" + port.group(1) + "/api/generate");
    return new Server(name, process, uri, body);
  }

  private static Server llamaServer(Path program, Path model) throws Exception {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    List<String> command = new ArrayList<>(List.of(program.toString(), "-m", model.toString()));
    command.addAll(List.of("-t", "1", "-np", "" + SLOTS, "-c", "" + SLOTS * CONTEXT));
    command.addAll(List.of("--host", "127.0.0.1", "--port", "" + port));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(new File("target/bench-llama.log"));
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    Process process = builder.start();
    var health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
    while (!healthy(health)) {
      Thread.sleep(200);
    }
    String body = "{\"prompt\":\"PROMPT\",\"temperature\":0,\"n_predict\":%d,\"cache_prompt\":false}";
    URI uri = URI.create("http://127.0.0.1:" + port + "/completion");
    return new Server("llama-server", process, uri, body.formatted(TOKENS));
  }

  private static boolean healthy(HttpRequest health) throws InterruptedException {
    try {
      return CLIENT.send(health, BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }
}
