package com.sutazai;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.ModelServer;
import com.sutazai.testing.OddRequests;
import com.sutazai.testing.OddRequests.Request;
import com.sutazai.testing.Slow;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Sends what the OpenAPI document describes, a little wrong: nothing is the server's fault, nothing
 * of its inside is shown, nothing hangs, and nothing stays in memory. {@code -Dsutazai-test.seed=}
 * repeats a run, {@code -Plong} sends ten times as much.
 */
@Slow
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class GeneratedInputTest {
  private static final int REQUESTS = Boolean.getBoolean("sutazai-test.long") ? 20_000 : 2_000;
  private static final int AT_ONCE = 4;
  private static final long SEED = Long.getLong("sutazai-test.seed", 20_261_126L);
  private static final Duration HANGS = Duration.ofSeconds(90);
  private static final long GROWTH_BYTES = 64L << 20;

  /** What waits for events by design, and what has the model server measured for minutes. */
  private static final String LEFT_OUT = ".*/events|.*/profile|.*/next/.*";

  /** Refusals that say when to come again, or that the server behind has refused. */
  private static final Set<String> DOCUMENTED =
      Set.of(
          "queue_full",
          "server_busy",
          "resource_busy",
          "model_busy",
          "model_unavailable",
          "model_not_found",
          "model_failed",
          "model_timeout",
          "too_many_streams",
          "not_cached");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void generated_requests_are_taken_or_refused_and_leave_nothing_behind() throws Exception {
    // Given
    String document = given().accept("application/json").get("/q/openapi?format=json").asString();
    var requests =
        new OddRequests(new JsonObject(document), new SplittableRandom(SEED)).without(LEFT_OUT);
    assertThat(requests.operations()).isGreaterThan(60);
    TreeSet<String> faults = new TreeSet<>(send(requests, REQUESTS / 4));
    long before = usedHeap();

    // When
    faults.addAll(send(requests, REQUESTS - REQUESTS / 4));

    // Then
    assertThat(faults).as("seed " + SEED).isEmpty();
    assertThat(usedHeap()).as("heap, seed " + SEED).isLessThan(before + GROWTH_BYTES);
  }

  private List<String> send(OddRequests requests, int count) throws Exception {
    List<String> faults = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<@Nullable String>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Request request = requests.next();
        sent.add(threads.submit(() -> fault(request)));
      }
      for (Future<@Nullable String> each : sent) {
        String fault = each.get();
        if (fault != null) {
          faults.add(fault);
        }
      }
    }
    return faults;
  }

  private @Nullable String fault(Request request) throws Exception {
    var built =
        HttpRequest.newBuilder(
                URI.create("http://localhost:" + RestAssured.port + request.target()))
            .timeout(HANGS)
            .method(
                request.method(),
                HttpRequest.BodyPublishers.ofByteArray(
                    request.body().getBytes(StandardCharsets.UTF_8)));
    request.headers().forEach(built::header);
    String said = request.method() + " " + start(request.target()) + " " + start(request.body());
    try {
      HttpResponse<String> answer = answer(built.build());
      String wrong = wrong(answer);
      return wrong == null
          ? null
          : wrong + ": " + said + " -> " + answer.statusCode() + " " + start(answer.body());
    } catch (java.io.IOException e) {
      return e + ": " + said;
    }
  }

  /**
   * After an address that is too long the framework ends the connection without saying so in its
   * answer (414), which the next request on it meets: that one is sent again.
   */
  private HttpResponse<String> answer(HttpRequest request) throws Exception {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException e) {
      if (!String.valueOf(e.getMessage()).contains("received no bytes")) {
        throw e;
      }
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static @Nullable String wrong(HttpResponse<String> answer) {
    String body = answer.body();
    if (body.contains("\tat ") || body.contains("com.sutazai.") || body.contains("java.lang.")) {
      return "innards shown";
    }
    return answer.statusCode() < 500 || DOCUMENTED.stream().anyMatch(body::contains)
        ? null
        : "the server's fault";
  }

  private static long usedHeap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static String start(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
