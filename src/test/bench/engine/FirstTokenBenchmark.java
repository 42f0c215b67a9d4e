import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long callers wait for a first token when the engine is used to 0.8 of what it can, beside a
 * window batcher before the same engine: it collects 8 requests or waits for 100 ms, asks for them
 * together, and begins the next batch when all of them have ended. Callers come at random (Poisson);
 * of five answers four have 16 tokens and one has 64. A round is short, measures the capacity anew
 * and gives both the same callers, one policy after the other and in the next round the other way
 * round, so that a slow minute of the machine is everybody's. The run script tells what it needs.
 */
final class FirstTokenBenchmark {
  private static final int SLOTS = 8;
  private static final int CONTEXT = 256;
  private static final int WINDOW = 8;
  private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final double LOAD = 0.8;
  private static final int SHORT = 16;
  private static final int LONG = 64;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private FirstTokenBenchmark() {}

  /** A caller, and how long the first token took from its arrival on. */
  private static final class Caller {
    final String prompt;
    final int tokens;
    final long dueAt;
    volatile long firstNanos;

    Caller(Random random, int number, long dueAt) {
      prompt = prompt(random);
      tokens = number % 5 == 4 ? LONG : SHORT;
      this.dueAt = dueAt;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path model = Path.of(arguments[0]).toAbsolutePath();
    int callers = Integer.parseInt(arguments[1]);
    Path library = Path.of(arguments[2]).toAbsolutePath();
    List<String> newer =
        library.toFile().isDirectory() ? List.of("--library=" + library) : List.of();
    Server server = Server.engine("engine", model, SLOTS, CONTEXT, newer);
    try {
      capacity(server, 2 * SLOTS, 1); // loads the model
      compare(server, callers, Integer.parseInt(arguments[3]));
    } finally {
      server.process().destroy();
    }
  }

  private static void compare(Server server, int callers, int rounds) throws Exception {
    List<Caller> slots = new ArrayList<>();
    List<Caller> window = new ArrayList<>();
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      double rate = LOAD * capacity(server, 3 * SLOTS, 10L + round);
      List<Caller> inSlots;
      List<Caller> inWindow;
      if (round % 2 == 0) {
        inSlots = slots(server, arrivals(callers, rate, round));
        inWindow = window(server, arrivals(callers, rate, round));
      } else {
        inWindow = window(server, arrivals(callers, rate, round));
        inSlots = slots(server, arrivals(callers, rate, round));
      }
      ratios[round] = percentile(inSlots, 95) / percentile(inWindow, 95);
      System.out.printf("round %d: %.2f requests/s%n", round + 1, rate);
      report("slots", inSlots);
      report("window", inWindow);
      slots.addAll(inSlots);
      window.addAll(inWindow);
    }
    System.out.println("all rounds");
    report("slots", slots);
    report("window", window);
    Arrays.sort(ratios);
    System.out.printf(
        "95th percentiles, slots / window: of all %.2f, median of the rounds %.2f (%.2f to %.2f)%n",
        percentile(slots, 95) / percentile(window, 95),
        ratios[rounds / 2],
        ratios[0],
        ratios[rounds - 1]);
  }

  /** Requests in a second when there are always as many as slots. */
  private static double capacity(Server server, int count, long seed) throws Exception {
    BlockingQueue<Caller> waiting = new LinkedBlockingQueue<>();
    var random = new Random(seed);
    for (int i = 0; i < count; i++) {
      waiting.add(new Caller(random, i, System.nanoTime()));
    }
    long begun = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (Caller each = waiting.poll(); each != null; each = waiting.poll()) {
                      ask(server, each);
                    }
                  }));
    }
    for (Thread each : threads) {
      each.join();
    }
    return count / ((System.nanoTime() - begun) / 1e9);
  }

  private static List<Caller> arrivals(int count, double rate, long seed) {
    var random = new Random(seed);
    List<Caller> callers = new ArrayList<>();
    double at = 0;
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      at -= Math.log(1 - random.nextDouble()) / rate;
      callers.add(new Caller(random, i, begun + (long) (at * 1e9)));
    }
    return callers;
  }

  /** Each is asked for as it comes: the engine has slots, and a queue before them. */
  private static List<Caller> slots(Server server, List<Caller> callers) throws Exception {
    var done = new CountDownLatch(callers.size());
    for (Caller each : callers) {
      TimeUnit.NANOSECONDS.sleep(each.dueAt - System.nanoTime());
      Thread.ofVirtual().start(() -> askThen(server, each, done));
    }
    done.await();
    return callers;
  }

  private static List<Caller> window(Server server, List<Caller> callers) throws Exception {
    BlockingQueue<Caller> queue = new LinkedBlockingQueue<>();
    Thread.ofVirtual()
        .start(
            () -> {
              for (Caller each : callers) {
                pause(each.dueAt - System.nanoTime());
                queue.add(each);
              }
            });
    int asked = 0;
    while (asked < callers.size()) {
      List<Caller> batch = collect(queue, callers.size() - asked);
      asked += batch.size();
      var done = new CountDownLatch(batch.size());
      batch.forEach(each -> Thread.ofVirtual().start(() -> askThen(server, each, done)));
      done.await();
    }
    return callers;
  }

  private static List<Caller> collect(BlockingQueue<Caller> queue, int left) throws Exception {
    List<Caller> batch = new ArrayList<>(List.of(queue.take()));
    long end = System.nanoTime() + WINDOW_NANOS;
    while (batch.size() < Math.min(WINDOW, left)) {
      Caller next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        break;
      }
      batch.add(next);
    }
    return batch;
  }

  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void askThen(Server server, Caller caller, CountDownLatch done) {
    try {
      ask(server, caller);
    } finally {
      done.countDown();
    }
  }

  private static void ask(Server server, Caller caller) {
    try {
      var answer =
          CLIENT.send(
              server.request(caller.prompt, caller.tokens, true), BodyHandlers.ofInputStream());
      try (var lines =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        lines.readLine();
        caller.firstNanos = System.nanoTime() - caller.dueAt;
        while (lines.readLine() != null) {
          // to the end
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void report(String name, List<Caller> callers) {
    System.out.printf(
        "%-7s first token: median %6.0f ms, 95th percentile %6.0f ms%n",
        name, percentile(callers, 50), percentile(callers, 95));
  }

  private static double percentile(List<Caller> callers, int percent) {
    double[] millis = callers.stream().mapToDouble(each -> each.firstNanos / 1e6).toArray();
    Arrays.sort(millis);
    return millis[millis.length * percent / 100];
  }

  private static String prompt(Random random) {
    var prompt = new StringBuilder();
    for (int i = 0; i < SHORT; i++) {
      prompt.append(' ').append((char) ('a' + random.nextInt(26)));
    }
    return prompt.toString();
  }
}
