package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.hang;
import static com.sutazai.testing.FakeModelServer.say;
import static com.sutazai.testing.FakeModelServer.slowly;
import static com.sutazai.testing.FakeModelServer.status;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.FakeModelServer.Script;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slow server's request is sent to a second one, and the first token answers. */
@Slow
@QuarkusTest
@TestProfile(HedgedServers.Beside.class)
class HedgeTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Much longer than a request waits for its hedge. */
  private static final Duration LONG = Duration.ofMillis(400);

  private final FakeModelServer first = HedgedServers.first();
  private final FakeModelServer second = HedgedServers.second();
  private double won;
  private double lost;
  private double tokens;

  @BeforeEach
  void serversAreWell() {
    reset();
    await().atMost(BOUND).until(() -> ask("tinyllama").statusCode() == 200);
    await().atMost(BOUND).until(() -> ask(HedgedServers.OTHER_MODEL).statusCode() == 200);
    await().atMost(BOUND).until(() -> breakers() == 0 && used() == 0);
    reset();
    won = metric("model_hedges_total{outcome=\"won\"}");
    lost = metric("model_hedges_total{outcome=\"lost\"}");
    tokens = completionTokens();
  }

  @AfterEach
  void noSlotIsHeld() {
    await().atMost(BOUND).until(() -> used() == 0);
  }

  private void reset() {
    first.reset();
    second.reset();
    HedgedServers.models();
  }

  private static Response ask(String model) {
    return post("/api/generate", "'model':'" + model + "','stream':false");
  }

  /** Each prompt is another one, so that no conversation is gone on with. */
  private static Response post(String path, String fields) {
    return given()
        .contentType("application/json")
        .body("{%s,'prompt':'%d'}".formatted(fields, NUMBER.incrementAndGet()).replace('\'', '"'))
        .post(path);
  }

  private static CompletableFuture<Response> asking(String model) {
    return CompletableFuture.supplyAsync(() -> ask(model), task -> Thread.ofVirtual().start(task));
  }

  private static double metric(String name) {
    return sum(Pattern.quote(name));
  }

  private static double sum(String pattern) {
    return Pattern.compile("^" + pattern + " (\\S+)$", Pattern.MULTILINE)
        .matcher(given().get("/metrics").asString())
        .results()
        .map(MatchResult::group)
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static double used() {
    return sum("model_slots_used\\{backend=\"\\w+\"}");
  }

  private static double breakers() {
    return sum("circuit_breaker_state\\{name=\"\\w+\"}");
  }

  private static double completionTokens() {
    return sum("model_tokens_total\\{direction=\"completion\",model_name=\"tinyllama:latest\"}");
  }

  private static double hedges() {
    return sum("model_hedges_total\\{outcome=\"\\w+\"}");
  }

  private void assertHedges(int byWon, int byLost) {
    assertThat(metric("model_hedges_total{outcome=\"won\"}") - won).isEqualTo(byWon);
    assertThat(metric("model_hedges_total{outcome=\"lost\"}") - lost).isEqualTo(byLost);
  }

  private static Script after(CountDownLatch signal, Script then) {
    return exchange -> {
      signal.await();
      then.play(exchange);
    };
  }

  @Test
  void the_second_server_answers_for_one_that_hangs_and_that_one_is_left() {
    // Given
    first.next(hang());
    second.next(say("from", " the", " second"));

    // When
    Response answer = ask("tinyllama");

    // Then
    answer.then().statusCode(200).body("response", equalTo("from the second"));
    await().atMost(BOUND).until(() -> first.abandoned() == 1);
    await().atMost(BOUND).until(() -> used() == 0);
    assertThat(first.requests()).hasSize(1);
    assertThat(second.requests()).hasSize(1);
    assertHedges(1, 0);
    assertThat(completionTokens() - tokens).isEqualTo(3);
    assertThat(breakers()).isZero();
  }

  @Test
  void a_server_that_fell_silent_after_its_head_is_slow_too() {
    // Given
    first.next(
        exchange -> {
          exchange.head();
          exchange.hang();
        });

    // When, then
    ask("tinyllama").then().statusCode(200).body("response", equalTo("Hello world"));
    await().atMost(BOUND).until(() -> first.abandoned() == 1);
    assertHedges(1, 0);
  }

  @Test
  void the_first_server_answers_when_it_is_first_after_all() {
    // Given
    CountDownLatch hedged = new CountDownLatch(1);
    first.next(after(hedged, say("from", " the", " first")));
    second.next(
        exchange -> {
          hedged.countDown();
          exchange.hang();
        });

    // When
    Response answer = ask("tinyllama");

    // Then
    answer.then().statusCode(200).body("response", equalTo("from the first"));
    await().atMost(BOUND).until(() -> second.abandoned() == 1);
    assertHedges(0, 1);
    assertThat(completionTokens() - tokens).isEqualTo(3);
  }

  @Test
  void a_stream_goes_on_with_the_one_that_began_first() {
    // Given
    first.next(hang());

    // When
    Response answer = post("/api/generate", "'model':'tinyllama'");

    // Then
    assertThat(answer.asString().lines().map(line -> new io.vertx.core.json.JsonObject(line)))
        .extracting(line -> line.getString("response"))
        .containsExactly("Hello", " world", "");
    await().atMost(BOUND).until(() -> first.abandoned() == 1);
  }

  @Test
  void a_server_that_answers_in_time_is_the_only_one_asked() {
    // an answer that is late on this machine says nothing: the next one may be in time
    await()
        .atMost(BOUND)
        .until(
            () -> {
              second.reset();
              HedgedServers.models();
              double before = hedges();
              ask("tinyllama").then().statusCode(200);
              return second.requests().isEmpty() && hedges() == before;
            });
  }

  @Test
  void the_last_free_slot_is_left_to_others() {
    // Given
    CountDownLatch release = new CountDownLatch(1);
    second.next(after(release, say("held")));
    CompletableFuture<Response> holder = asking(HedgedServers.OTHER_MODEL);
    await().atMost(BOUND).until(() -> second.requests().size() == 1);
    first.next(slowly(LONG, "late"));

    // When
    Response answer = ask("tinyllama");

    // Then
    release.countDown();
    answer.then().statusCode(200).body("response", equalTo("late"));
    assertThat(holder.join().statusCode()).isEqualTo(200);
    assertThat(second.requests()).hasSize(1);
    assertHedges(0, 0);
  }

  @Test
  void a_server_that_cannot_serve_the_request_is_no_second_one() {
    // Given
    first.next(slowly(LONG, "late"));

    // When
    Response answer =
        post("/api/generate", "'model':'tinyllama','stream':false,'template':'{{ .Prompt }}'");

    // Then
    answer.then().statusCode(200).body("response", equalTo("late"));
    assertThat(second.requests()).isEmpty();
    assertHedges(0, 0);
  }

  @Test
  void what_nobody_waits_for_is_not_hedged() {
    // Given
    first.next(slowly(LONG, "late"));

    // When
    Response task =
        given()
            .header("Prefer", "wait=30")
            .contentType("application/json")
            .body("{\"type\":\"inference\",\"payload\":{\"prompt\":\"hi\"}}")
            .post("/api/tasks");

    // Then
    task.then().body("status", equalTo("completed"));
    assertThat(second.requests()).isEmpty();
  }

  @Test
  void a_caller_who_leaves_ends_both() throws Exception {
    // Given
    first.next(hang());
    second.next(hang());

    // When
    try (Socket socket = send()) {
      await().atMost(BOUND).until(() -> second.requests().size() == 1);
      assertThat(socket.isConnected()).isTrue();
    }

    // Then
    await().atMost(BOUND).until(() -> first.abandoned() == 1 && second.abandoned() == 1);
    await().atMost(BOUND).until(() -> used() == 0);
    await().atMost(BOUND).until(() -> metric("model_hedges_total{outcome=\"lost\"}") - lost == 1);
    assertThat(breakers()).isZero();
  }

  private static Socket send() throws IOException {
    Socket socket = new Socket("127.0.0.1", RestAssured.port);
    String body = "{\"model\":\"tinyllama\",\"prompt\":\"left\",\"stream\":false}";
    socket
        .getOutputStream()
        .write(
            ("POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void a_failure_of_one_is_not_told_while_the_other_is_at_work() {
    // Given
    CountDownLatch hedged = new CountDownLatch(1);
    first.next(after(hedged, status(500, "broken")));
    second.next(
        exchange -> {
          hedged.countDown();
          slowly(LONG, "late").play(exchange);
        });

    // When, then
    ask("tinyllama").then().statusCode(200).body("response", equalTo("late"));
    assertThat(first.requests()).hasSize(1);
    assertHedges(1, 0);
  }

  @Test
  void a_failed_hedge_leaves_the_first_one_alone() {
    // Given
    CountDownLatch hedged = new CountDownLatch(1);
    first.next(after(hedged, slowly(LONG, "late")));
    second.next(
        exchange -> {
          status(500, "broken").play(exchange);
          hedged.countDown();
        });

    // When, then
    ask("tinyllama").then().statusCode(200).body("response", equalTo("late"));
    assertThat(first.requests()).hasSize(1);
    assertHedges(0, 1);
  }

  @Test
  void when_both_fail_the_caller_gets_one_error_of_the_door() {
    // Given
    CountDownLatch hedged = new CountDownLatch(1);
    first.next(after(hedged, status(400, "not this one")));
    second.next(
        exchange -> {
          hedged.countDown();
          status(400, "not this one").play(exchange);
        });

    // When
    Response answer = post("/v1/completions", "'model':'tinyllama'");

    // Then
    answer
        .then()
        .statusCode(400)
        .body("error.code", equalTo("model_refused"))
        .body("error.message", containsString("not this one"));
    assertThat(first.requests()).hasSize(1);
    assertThat(second.requests()).hasSize(1);
    assertHedges(0, 1);
  }

  @Test
  void when_both_fail_they_are_tried_again_as_always_and_hedged_no_more() {
    // Given
    CountDownLatch hedged = new CountDownLatch(1);
    first.next(after(hedged, status(500, "broken")));
    second.next(
        exchange -> {
          hedged.countDown();
          status(500, "broken").play(exchange);
        });
    first.otherwise(status(500, "broken"));
    second.otherwise(status(500, "broken"));

    // When, then
    ask("tinyllama").then().statusCode(502).body("error", containsString("broken"));
    assertThat(first.requests().size() + second.requests().size()).isEqualTo(4);
    assertHedges(0, 1);
  }

  @Test
  void being_slower_is_no_failure_of_a_server() {
    // Given
    int more = 8; // than the breaker counts in a row
    for (int i = 0; i < more; i++) {
      first.next(hang());
    }

    // When
    for (int i = 0; i < more; i++) {
      ask("tinyllama").then().statusCode(200);
      await().atMost(BOUND).until(() -> used() == 0); // else the second one has no slot to spare
    }

    // Then
    await().atMost(BOUND).until(() -> first.abandoned() == more);
    assertThat(breakers()).isZero();
    assertHedges(more, 0);
  }

  /** Both begin at about the same time: whoever is first, each caller gets one whole answer. */
  @Test
  void many_close_races_leave_nothing_behind() {
    // Given
    int requests = 200;
    Script close =
        exchange -> {
          Thread.sleep(ThreadLocalRandom.current().nextInt(80));
          exchange.head();
          exchange.token("Hello");
          exchange.token(" world");
          exchange.done(7, 2);
        };
    first.otherwise(close);
    second.otherwise(
        exchange -> {
          exchange.head();
          exchange.token("Hello");
          exchange.token(" world");
          exchange.done(7, 2);
        });

    // When
    List<CompletableFuture<Response>> answers =
        IntStream.range(0, requests).mapToObj(i -> asking("tinyllama")).toList();

    // Then
    assertThat(answers.stream().map(CompletableFuture::join))
        .allSatisfy(
            answer -> answer.then().statusCode(200).body("response", equalTo("Hello world")));
    await().atMost(BOUND).until(() -> used() == 0);
    assertThat(completionTokens() - tokens).isEqualTo(2 * requests);
    int hedges =
        (int) (metric("model_hedges_total{outcome=\"won\"}") - won)
            + (int) (metric("model_hedges_total{outcome=\"lost\"}") - lost);
    // one that loses at once is given up before its server has read it
    assertThat(first.requests().size() + second.requests().size())
        .isBetween(requests, requests + hedges);
    assertThat(breakers()).isZero();
  }
}
