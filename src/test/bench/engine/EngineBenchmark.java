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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
  private static final Pattern MADE =
      Pattern.compile("\"(?:eval_count|tokens_predicted)\":(\\d+)");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private EngineBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path model = Path.of(arguments[0]).toAbsolutePath();
    int rounds = Integer.parseInt(arguments[1]);
    List<Server> servers = new ArrayList<>();
    try {
      start(servers, model, new File(arguments[2]), new File(arguments[3]));
      System.out.println("tokens per second of processor time; rounds of each: " + rounds);
      for (Server each : servers) {
        measure(each, 1, new Random(0)); // loads the model
        measure(each, SLOTS, new Random(1)); // and compiles what it calls
      }
      for (int atOnce : AT_ONCE) {
        compare(servers, atOnce, rounds);
      }
    } finally {
      servers.forEach(each -> each.process().destroy());
    }
  }

  private static void start(List<Server> servers, Path model, File library, File llamaServer)
      throws Exception {
    if (!Boolean.getBoolean("bench.same")) {
      servers.add(Server.engine("carried library", model, SLOTS, CONTEXT, List.of()));
    }
    if (library.isDirectory()) {
      List<String> newer = List.of("--library=" + library.getAbsolutePath());
      String name = Boolean.getBoolean("bench.same") ? "same library" : "newer library";
      servers.add(Server.engine(name, model, SLOTS, CONTEXT, newer));
    }
    if (llamaServer.canExecute()) {
      servers.add(
          Server.llamaServer(llamaServer.toPath().toAbsolutePath(), model, SLOTS, CONTEXT));
    }
  }

  /** All in turn, so that a quick or slow minute of the machine is everybody's. */
  private static void compare(List<Server> servers, int atOnce, int rounds) throws Exception {
    double[][] speeds = new double[servers.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < servers.size(); i++) {
        int next = (i + round) % servers.size();
        var random = new Random(31L * atOnce + round);
        speeds[next][round] = measure(servers.get(next), atOnce, random);
      }
    }
    double[] last = speeds[servers.size() - 1];
    for (int i = 0; i < servers.size(); i++) {
      double[] own = speeds[i];
      double[] ratios = IntStream.range(0, rounds).mapToDouble(r -> own[r] / last[r]).toArray();
      System.out.printf(
          "%-18s %2d at once  median %6.1f  of %-14s %.2f (%s)%n",
          servers.get(i).name(),
          atOnce,
          median(own),
          servers.getLast().name(),
          median(ratios),
          Arrays.stream(ratios).mapToObj("%.2f"::formatted).collect(Collectors.joining(" ")));
    }
  }

  private static double median(double[] values) {
    double[] ascending = values.clone();
    Arrays.sort(ascending);
    int half = ascending.length / 2;
    return ascending.length % 2 == 1
        ? ascending[half]
        : (ascending[half - 1] + ascending[half]) / 2;
  }

  private static double measure(Server server, int atOnce, Random random) throws Exception {
    Duration before = server.process().info().totalCpuDuration().orElseThrow();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < atOnce; i++) {
      HttpRequest request = server.request(prompt(random), TOKENS, false);
      answers.add(
          CLIENT.sendAsync(request, BodyHandlers.ofString()).thenApply(answer -> answer.body()));
    }
    long made = 0;
    for (var each : answers) {
      Matcher count = MADE.matcher(each.get());
      if (!count.find()) {
        throw new IllegalStateException(server.name() + " answered " + each.get());
      }
      made += Long.parseLong(count.group(1));
    }
    Duration used = server.process().info().totalCpuDuration().orElseThrow().minus(before);
    return made / (used.toNanos() / 1e9);
  }

  private static String prompt(Random random) {
    var prompt = new StringBuilder();
    for (int i = 0; i < TOKENS; i++) {
      prompt.append(' ').append((char) ('a' + random.nextInt(26)));
    }
    return prompt.toString();
  }
}
