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
  private static final Pattern MADE =
      Pattern.compile("\"(?:eval_count|tokens_predicted)\":(\\d+)");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private EngineBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path model = Path.of(arguments[0]).toAbsolutePath();
    int rounds = Integer.parseInt(arguments[1]);
    List<Server> servers = new ArrayList<>();
    try {
      servers.add(Server.engine("carried library", model, SLOTS, CONTEXT, List.of()));
      if (new File(arguments[2]).isDirectory()) {
        Path library = Path.of(arguments[2]).toAbsolutePath();
        servers.add(
            Server.engine(
                "newer library", model, SLOTS, CONTEXT, List.of("--library=" + library)));
      }
      if (new File(arguments[3]).canExecute()) {
        servers.add(
            Server.llamaServer(Path.of(arguments[3]).toAbsolutePath(), model, SLOTS, CONTEXT));
      }
      System.out.println("tokens per second of processor time; rounds of each: " + rounds);
      for (Server each : servers) {
        measure(each, 1, new Random(0)); // loads the model
        measure(each, SLOTS, new Random(1)); // and compiles what it calls
      }
      for (int atOnce : AT_ONCE) {
        for (int round = 0; round < rounds; round++) {
          for (Server each : servers) {
            double speed = measure(each, atOnce, new Random(31L * atOnce + round));
            System.out.printf("%-18s %2d at once  %6.1f%n", each.name(), atOnce, speed);
          }
        }
      }
    } finally {
      servers.forEach(each -> each.process().destroy());
    }
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
