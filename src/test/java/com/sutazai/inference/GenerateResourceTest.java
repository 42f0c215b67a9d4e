package com.sutazai.inference;

import static com.sutazai.testing.FakeModelServer.cut;
import static com.sutazai.testing.FakeModelServer.cutAfter;
import static com.sutazai.testing.FakeModelServer.endlessLine;
import static com.sutazai.testing.FakeModelServer.endlessly;
import static com.sutazai.testing.FakeModelServer.hang;
import static com.sutazai.testing.FakeModelServer.lines;
import static com.sutazai.testing.FakeModelServer.say;
import static com.sutazai.testing.FakeModelServer.status;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.FakeModelServer.Script;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class GenerateResourceTest {
  private final FakeModelServer fake = ModelServer.fake();

  @BeforeEach
  void serverIsWell() {
    fake.reset();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                generate("{'prompt':'are you well?','cache':false}").extract().statusCode() == 200);
    fake.reset();
    given().get("/api/models").then().statusCode(200); // the servers' lists are read anew
  }

  /** The prompt 'hi' stands for one that nobody asked yet. */
  private static String body(String json) {
    return json.replace("'hi'", "'hi " + UUID.randomUUID() + "'").replace('\'', '"');
  }

  private static ValidatableResponse generate(String json) {
    return given().contentType("application/json").body(body(json)).post("/generate").then();
  }

  private static String stream(String json) {
    return given()
        .contentType("application/json")
        .body(body(json))
        .post("/generate/stream")
        .then()
        .statusCode(200)
        .contentType(startsWith("text/event-stream"))
        .extract()
        .asString();
  }

  private static List<String> events(String stream) {
    return stream.lines().filter(line -> !line.isEmpty()).map(line -> line.substring(6)).toList();
  }

  @Test
  void a_prompt_is_answered_by_the_installed_model() {
    generate("{'prompt':'hi','model':'tinyllama'}")
        .statusCode(200)
        .body("generated", equalTo("Hello world"))
        .body("model", equalTo("tinyllama:latest"))
        .body("cached", equalTo(false))
        .body(
            "usage", equalTo(Map.of("prompt_tokens", 7, "completion_tokens", 2, "total_tokens", 9)))
        .body("timings.ttft_ms", notNullValue())
        .body("timings.total_ms", notNullValue())
        .body("timings.queue_ms", greaterThanOrEqualTo(0f));
  }

  @Test
  void the_guides_query_parameter_is_a_prompt() {
    String prompt = "hi " + UUID.randomUUID();
    given()
        .contentType("application/json")
        .queryParam("text", prompt)
        .post("/generate")
        .then()
        .statusCode(200);

    assertThat(fake.requests().getFirst().getString("prompt")).isEqualTo(prompt);
  }

  @Test
  void sampling_options_have_the_guides_defaults_and_are_replaced_one_by_one() {
    generate("{'prompt':'hi','options':{'temperature':0,'seed':7}}").statusCode(200);
    stream("{'prompt':'hi'}");

    assertThat(fake.requests().get(0).put("prompt", "hi"))
        .isEqualTo(
            new JsonObject(
                """
                {"model": "tinyllama:latest", "prompt": "hi", "stream": true, "options": {
                  "temperature": 0, "seed": 7, "top_k": 40, "top_p": 0.9, "num_predict": 128,
                  "repeat_penalty": 1.1, "stop": ["\\n\\n", "User:", "Assistant:"]}}
                """));
    assertThat(fake.requests().get(1).getJsonObject("options").getInteger("num_predict"))
        .isEqualTo(256);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|prompt is required",
        "{'prompt':' '}|prompt is required",
        "{'prompt':'a','text':'b'}|prompt is given twice",
        "{'prompt':'a','colour':1}|colour is not a known field",
        "{'prompt':'a','model':'no such\\nname'}|model must be",
        "{'prompt':'a','options':[]}|options must be a JSON object",
        "{'prompt':'a','options':{'heat':1}}|options.heat is not a known option",
        "{'prompt':'a','options':{'temperature':'hot'}}|options.temperature must be a number between",
        "{'prompt':'a','options':{'num_predict':1.5}}|options.num_predict must be a whole number",
        "{'prompt':'a','options':{'num_ctx':4096}}|options.num_ctx cannot be set by a request",
        "{'prompt':'a','options':{'stop':'x'}}|options.stop must be an array",
      })
  void bad_input_is_named(String body, String detail) {
    generate(body)
        .statusCode(400)
        .contentType("application/problem+json")
        .body("detail", containsString(detail));
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void a_missing_model_comes_with_the_command_that_installs_it() {
    generate("{'prompt':'hi','model':'llama3'}")
        .statusCode(503)
        .body("code", equalTo("model_not_found"))
        .body("detail", containsString("ollama pull llama3"));
  }

  @Test
  void a_cut_connection_is_mended_by_a_retry() {
    fake.next(cut(), cut());

    generate("{'prompt':'hi'}").statusCode(200).body("generated", equalTo("Hello world"));

    assertThat(fake.requests()).hasSize(3);
  }

  @Test
  void a_server_error_is_tried_three_times_and_then_told() {
    fake.otherwise(status(500, "out of memory"));

    generate("{'prompt':'hi'}")
        .statusCode(502)
        .header("Retry-After", notNullValue())
        .body("code", equalTo("model_failed"))
        .body("detail", containsString("out of memory"));

    assertThat(fake.requests()).hasSize(3);
  }

  @Test
  void a_refused_request_is_not_tried_again() {
    fake.otherwise(status(400, "invalid option"));

    generate("{'prompt':'hi'}")
        .statusCode(400)
        .body("code", equalTo("model_refused"))
        .body("detail", containsString("invalid option"));

    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void an_answer_that_breaks_off_is_not_begun_again() {
    fake.next(cutAfter("Hel"));

    generate("{'prompt':'hi'}").statusCode(502).body("code", equalTo("model_failed"));

    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void an_error_line_is_told() {
    fake.next(lines("{\"response\":\"Hel\",\"done\":false}", "{\"error\":\"the runner died\"}"));

    generate("{'prompt':'hi'}").statusCode(502).body("detail", containsString("the runner died"));
  }

  @Test
  void what_is_no_json_is_told() {
    fake.next(lines("<html>"));

    generate("{'prompt':'hi'}").statusCode(502).body("detail", containsString("no JSON object"));
  }

  @Test
  void half_a_line_at_the_end_is_told() {
    fake.next(
        exchange -> {
          exchange.head();
          exchange.chunk("{\"response\":\"Hel\",\"done\":false}\n{\"response\":\"l");
          exchange.end();
        });

    List<String> events = events(stream("{'prompt':'hi'}"));

    assertThat(events).hasSize(2).first().isEqualTo("{\"token\":\"Hel\"}");
    assertThat(events.getLast()).contains("no JSON object");
  }

  @Test
  void an_answer_is_what_it_is_and_not_what_its_type_says() {
    fake.next(
        exchange -> exchange.answer(200, "text/html", "<html>Welcome</html>"),
        exchange -> exchange.answer(200, "text/html", "{\"response\":\"Hi\",\"done\":true}\n"));

    generate("{'prompt':'hi'}").statusCode(502).body("detail", containsString("no JSON object"));
    generate("{'prompt':'ho'}").statusCode(200).body("generated", equalTo("Hi"));
  }

  @Test
  void an_endless_line_is_cut_off() {
    fake.next(endlessLine());

    generate("{'prompt':'hi'}").statusCode(502).body("detail", containsString("1048576 bytes"));
  }

  @Test
  void an_endless_answer_is_cut_off() {
    fake.next(
        exchange -> {
          exchange.head();
          while (true) {
            exchange.token("y".repeat(1 << 15));
          }
        });

    generate("{'prompt':'hi'}")
        .statusCode(502)
        .body("detail", containsString("sutazai.inference.max-answer"));
    await().atMost(Duration.ofSeconds(60)).until(() -> fake.abandoned() == 1);
  }

  @Test
  void an_answer_without_an_end_is_no_answer() {
    fake.otherwise(lines("{\"response\":\"Hel\",\"done\":false}"));

    generate("{'prompt':'hi'}").statusCode(502).body("detail", containsString("without saying"));
  }

  @Test
  void an_answer_that_comes_at_once_is_not_asked_for_again() throws Exception {
    // Given
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/generate"))
            .header("Content-Type", "application/json");

    // When
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 500; i++) {
        request.POST(HttpRequest.BodyPublishers.ofString(body("{'prompt':'hi'}")));
        assertThat(
                client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode())
            .isEqualTo(200);
      }
    }

    // Then
    assertThat(fake.requests()).hasSize(500);
  }

  @Test
  void an_answer_without_counts_has_no_usage() {
    fake.next(lines("{\"response\":\"Hi\",\"done\":true}"));

    generate("{'prompt':'hi'}")
        .statusCode(200)
        .body("generated", equalTo("Hi"))
        .body("usage", equalTo(null));
  }

  @Test
  void a_failing_server_is_left_alone_and_served_again_once_it_is_well() {
    fake.otherwise(status(500, "broken"));
    for (int i = 0; i < 5; i++) {
      generate("{'prompt':'hi'}").statusCode(greaterThanOrEqualTo(502));
    }
    // each failed probe doubles the pause, so however slow this machine is, one comes within it
    await().atMost(Duration.ofSeconds(60)).until(this::isRefusedWithoutBeingAsked);
    given().get("/metrics").then().body(containsString("circuit_breaker_state{name=\"ollama\"} 1"));
    fake.reset();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> generate("{'prompt':'hi'}").extract().statusCode() == 200);
    given().get("/metrics").then().body(containsString("circuit_breaker_state{name=\"ollama\"} 0"));
  }

  private boolean isRefusedWithoutBeingAsked() {
    int asked = fake.requests().size();
    ValidatableResponse answer = generate("{'prompt':'hi'}");
    if (fake.requests().size() > asked) {
      return false;
    }
    answer
        .statusCode(503)
        .header("Retry-After", notNullValue())
        .body("code", equalTo("model_unavailable"));
    return true;
  }

  @Test
  void a_stream_passes_each_token_on_and_ends_with_the_figures() {
    List<String> events = events(stream("{'prompt':'hi'}"));

    assertThat(events.get(0)).isEqualTo("{\"token\":\"Hello\"}");
    assertThat(events.get(1)).isEqualTo("{\"token\":\" world\"}");
    JsonObject end = new JsonObject(events.get(2));
    assertThat(end.getBoolean("done")).isTrue();
    assertThat(end.getString("model")).isEqualTo("tinyllama:latest");
    assertThat(end.getBoolean("cached")).isFalse();
    assertThat(end.getJsonObject("usage").getInteger("completion_tokens")).isEqualTo(2);
    assertThat(end.getJsonObject("timings").getDouble("ttft_ms")).isPositive();
    assertThat(events.get(3)).isEqualTo("[DONE]");
    assertThat(events).hasSize(4);
  }

  @Test
  void stream_true_is_the_same_stream() {
    String stream =
        generate("{'prompt':'hi','stream':true}")
            .statusCode(200)
            .contentType(startsWith("text/event-stream"))
            .extract()
            .asString();

    assertThat(events(stream)).hasSize(4).last().isEqualTo("[DONE]");
  }

  @Test
  void a_stream_that_breaks_off_ends_with_the_problem() {
    fake.next(cutAfter("Hel", "lo"));

    List<String> events = events(stream("{'prompt':'hi'}"));

    assertThat(events).hasSize(3);
    JsonObject error = new JsonObject(events.getLast()).getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo("model_failed");
    assertThat(error.getInteger("status")).isEqualTo(502);
  }

  @Test
  void a_stream_that_fails_before_its_first_token_is_an_ordinary_error() {
    fake.otherwise(status(500, "broken"));

    given()
        .contentType("application/json")
        .body(body("{'prompt':'hi'}"))
        .post("/generate/stream")
        .then()
        .statusCode(502)
        .contentType("application/problem+json");
  }

  @Test
  void a_reader_that_leaves_a_stream_ends_the_models_work() throws Exception {
    fake.next(endlessly(Duration.ofMillis(20)));
    try (Socket socket = send("/generate/stream")) {
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
    }

    await().atMost(Duration.ofSeconds(60)).until(() -> fake.abandoned() == 1);
  }

  @Test
  void a_caller_that_leaves_before_the_first_token_ends_the_models_work() throws Exception {
    fake.next(hang());
    try (Socket socket = send("/generate")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> fake.requests().size() == 1);
      assertThat(socket.isConnected()).isTrue();
    }

    await().atMost(Duration.ofSeconds(60)).until(() -> fake.abandoned() == 1);
  }

  private static Socket send(String path) throws java.io.IOException {
    Socket socket = new Socket("localhost", RestAssured.port);
    String body = body("{'prompt':'hi'}");
    socket
        .getOutputStream()
        .write(
            ("POST "
                    + path
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void connections_are_used_again() {
    for (int i = 0; i < 20; i++) {
      fake.next(say("ok"));
      generate("{'prompt':'hi'}").statusCode(200);
    }

    assertThat(fake.connections()).isLessThan(10);
  }

  @Test
  void an_inference_task_answers_like_generate() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=30")
        .body("{\"type\":\"inference\",\"payload\":{\"prompt\":\"hi\"}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("agent", equalTo("ollama-integration-specialist"))
        .body("result.generated", equalTo("Hello world"))
        .body("result.model", equalTo("tinyllama:latest"));
  }

  @Test
  void every_accepted_inference_task_is_completed_although_the_server_fails_now_and_then() {
    // Given
    AtomicInteger calls = new AtomicInteger();
    fake.otherwise(
        exchange -> {
          Script script =
              switch (calls.getAndIncrement() % 7) {
                case 1 -> cut();
                case 3 -> status(500, "out of luck");
                case 5 -> cutAfter("half");
                default -> say("whole");
              };
          script.play(exchange);
        });

    // When
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add(
          given()
              .contentType("application/json")
              .body( // identical ones would share requests
                  """
                  {"type":"inference","max_retries":20,"payload":{"prompt":"hi %d %s"}}
                  """
                      .formatted(i, UUID.randomUUID()))
              .post("/api/tasks")
              .then()
              .statusCode(202)
              .extract()
              .path("id"));
    }

    // Then
    for (String id : ids) {
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () ->
                  given()
                      .get("/api/tasks/" + id)
                      .then()
                      .body("status", equalTo("completed"))
                      .body("result.generated", equalTo("whole")));
    }
    assertThat(calls.get()).isGreaterThan(40);
  }

  @Test
  void an_inference_task_with_a_bad_payload_fails_with_the_field() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=30")
        .body("{\"type\":\"inference\",\"payload\":{\"prompt\":7}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("failed"))
        .body("dead", equalTo(false))
        .body("error.code", equalTo("invalid_request"))
        .body("error.detail", equalTo("payload.prompt must be a text"));
  }

  @Test
  void what_a_model_cost_is_measured() {
    generate("{'prompt':'hi'}").statusCode(200);

    given()
        .get("/metrics")
        .then()
        .body(containsString("model_inference_seconds_count{model_name=\"tinyllama:latest\"}"))
        .body(
            containsString(
                "model_time_to_first_token_seconds_bucket{model_name=\"tinyllama:latest\""))
        .body(
            containsString(
                "model_tokens_total{direction=\"prompt\",model_name=\"tinyllama:latest\"}"))
        .body(containsString("model_queue_depth 0"));
  }
}
