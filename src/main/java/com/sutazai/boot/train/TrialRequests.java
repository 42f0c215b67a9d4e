package com.sutazai.boot.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What the program is asked on trial: what callers ask most, often enough to be compiled. */
final class TrialRequests {
  private static final int CALLERS = 8;
  private static final int ROUNDS = 120;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Path and body; a body has the number of the request where answers must not be reused. */
  private static final List<List<String>> ASKED =
      List.of(
          List.of("/health"),
          List.of("/api/agents"),
          List.of("/api/tasks"),
          List.of("/api/tags"),
          List.of("/v1/models"),
          List.of("/metrics"),
          List.of("/api/tasks", "{'type':'noop','payload':{'number':%d}}"),
          List.of("/generate", "{'model':'trial','prompt':'What is %d?'}"),
          List.of("/generate/stream", "{'model':'trial','prompt':'Tell me of %d'}"),
          List.of("/api/generate", "{'model':'trial','prompt':'Say %d'}"),
          List.of("/api/generate", "{'model':'trial','prompt':'Say it again','stream':false}"),
          chat("/api/chat", true),
          chat("/api/chat", false),
          chat("/v1/chat/completions", true),
          chat("/v1/chat/completions", false));

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String address;

  TrialRequests(String address) {
    this.address = address;
  }

  private static List<String> chat(String path, boolean stream) {
    return List.of(
        path,
        "{'model':'trial','stream':" + stream + ",'messages':[{'role':'user','content':'%d?'}]}");
  }

  /** Whether the program answers yet. */
  boolean answered() throws InterruptedException {
    try {
      return ask(List.of("/health"), 0).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Asks for everything many times.
   *
   * @return how many answers there were
   * @throws IOException if one was refused, or none came
   */
  int askAll() throws IOException, InterruptedException {
    List<Future<Integer>> callers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < CALLERS; caller++) {
        int first = caller * ROUNDS;
        callers.add(threads.submit(() -> askRounds(first)));
      }
    }
    int answers = 0;
    for (Future<Integer> each : callers) {
      try {
        answers += each.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return answers;
  }

  private int askRounds(int first) throws IOException, InterruptedException {
    int answers = 0;
    for (int number = first; number < first + ROUNDS; number++) {
      for (List<String> each : ASKED) {
        HttpResponse<String> answer = ask(each, number);
        if (answer.statusCode() >= 300) {
          throw new IOException(
              each.getFirst() + " was answered " + answer.statusCode() + " " + answer.body());
        }
        answers++;
      }
    }
    return answers;
  }

  private HttpResponse<String> ask(List<String> asked, int number)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(address + asked.getFirst())).timeout(PATIENCE);
    if (asked.size() > 1) {
      String json = asked.getLast().formatted(number).replace('\'', '"');
      request.header("Content-Type", "application/json").header("Prefer", "wait=10");
      request.POST(BodyPublishers.ofString(json, UTF_8));
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
