package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.callTool;
import static com.sutazai.testing.FakeModelServer.cutAfter;
import static com.sutazai.testing.FakeModelServer.endlessly;
import static com.sutazai.testing.FakeModelServer.status;
import static com.sutazai.testing.FakeModelServer.think;
import static io.restassured.RestAssured.config;
import static io.restassured.RestAssured.given;
import static io.restassured.config.EncoderConfig.encoderConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class OllamaDoorTest {
  private final FakeModelServer fake = ModelServer.fake();

  @BeforeEach
  void serverIsWell() {
    fake.reset();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                post("/api/generate", "{'model':'tinyllama','prompt':'well?','stream':false}")
                        .extract()
                        .statusCode()
                    == 200);
    fake.reset();
  }

  /** As curl sends it: without a fitting media type. */
  private static ValidatableResponse post(String path, String json) {
    String form = "application/x-www-form-urlencoded";
    return given()
        .config(config().encoderConfig(encoderConfig().encodeContentTypeAs(form, ContentType.TEXT)))
        .contentType(form)
        .body(json.replace('\'', '"'))
        .post(path)
        .then();
  }

  private static List<JsonObject> lines(ValidatableResponse response) {
    return response.extract().asString().lines().map(JsonObject::new).toList();
  }

  @Test
  void an_answer_comes_line_by_line() {
    // When
    ValidatableResponse response = post("/api/generate", "{'model':'tinyllama','prompt':'hi'}");

    // Then
    response.statusCode(200).contentType("application/x-ndjson");
    List<JsonObject> lines = lines(response);
    assertThat(lines)
        .extracting(line -> line.getString("response"))
        .containsExactly("Hello", " world", "");
    assertThat(lines.getLast().getBoolean("done")).isTrue();
    assertThat(lines.getLast().getInteger("eval_count")).isEqualTo(2);
    assertThat(lines).extracting(line -> line.getString("model")).containsOnly("tinyllama:latest");
  }

  @Test
  void a_whole_answer_is_one_object_although_the_server_is_asked_for_a_stream() {
    post(
            "/api/chat",
            "{'model':'tinyllama','stream':false,'messages':[{'role':'user','content':'hi'}]}")
        .statusCode(200)
        .contentType("application/json")
        .body("message.content", equalTo("Hello world"))
        .body("message.role", equalTo("assistant"))
        .body("done", equalTo(true))
        .body("prompt_eval_count", equalTo(7));

    assertThat(fake.requests().getFirst().getBoolean("stream")).isTrue();
  }

  @Test
  void what_is_not_known_here_is_passed_on_and_no_defaults_are_added() {
    post(
            "/api/generate",
            "{'model':'tinyllama','prompt':'hi','stream':false,'keep_alive':'9m','format':'json','brand_new':{'a':1},'options':{'top_k':3}}")
        .statusCode(200);

    assertThat(fake.requests().getFirst())
        .isEqualTo(
            new JsonObject(
                """
                {"model": "tinyllama:latest", "prompt": "hi", "stream": true, "keep_alive": "9m",
                 "format": "json", "brand_new": {"a": 1}, "options": {"top_k": 3}}
                """));
  }

  @Test
  void tools_and_reasoning_come_through() {
    // Given
    fake.next(callTool("weather", new JsonObject().put("city", "Ulm")), think("hm", "yes"));
    String chat =
        "{'model':'tinyllama','stream':false,'messages':[{'role':'user','content':'hi'}]}";

    // When, then
    post("/api/chat", chat)
        .body("message.tool_calls[0].function.name", equalTo("weather"))
        .body("message.tool_calls[0].function.arguments.city", equalTo("Ulm"));
    post("/api/chat", chat)
        .body("message.thinking", equalTo("hm"))
        .body("message.content", equalTo("yes"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|400|missing request body",
        "{|400|The body is no JSON",
        "[]|400|must be a JSON object",
        "{'prompt':'hi'}|400|model is required",
        "{'model':7}|400|model must be a text",
        "{'model':'nosuch','prompt':'hi'}|404|nosuch is not installed",
        "{'model':'tinyllama','prompt':'hi','stream':'yes'}|400|stream must be true or false",
        "{'model':'tinyllama','prompt':'hi','options':{'num_ctx':4096}}|400|sutazai.inference.allow-runner-options",
      })
  void errors_have_ollamas_form(String body, int status, String error) {
    post("/api/generate", body == null ? "" : body)
        .statusCode(status)
        .contentType("application/json")
        .body("error", containsString(error));
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void what_the_server_refuses_is_the_callers_fault() {
    fake.otherwise(status(400, "tinyllama does not support tools"));

    post("/api/generate", "{'model':'tinyllama','prompt':'hi'}")
        .statusCode(400)
        .body("error", containsString("does not support tools"));
  }

  @Test
  void a_refusal_leaves_its_connection_to_the_next_one() {
    // Given
    fake.otherwise(status(400, "no"));

    // When
    for (int i = 0; i < 50; i++) {
      post("/api/generate", "{'model':'tinyllama','prompt':'hi'}").statusCode(400);
    }

    // Then
    assertThat(fake.connections()).isLessThan(10);
  }

  @Test
  void an_answer_that_breaks_off_ends_with_an_error_line() {
    fake.next(cutAfter("Hel", "lo"));

    List<JsonObject> lines =
        lines(post("/api/generate", "{'model':'tinyllama','prompt':'hi'}").statusCode(200));

    assertThat(lines).hasSize(3);
    assertThat(lines.getLast().getString("error")).contains("ended");
  }

  @Test
  void a_caller_that_leaves_ends_the_models_work() throws Exception {
    fake.next(endlessly(Duration.ofMillis(20)));
    String body = "{\"model\":\"tinyllama\",\"prompt\":\"hi\"}";
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      socket
          .getOutputStream()
          .write(
              ("POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(12)).hasSize(12);
    }

    await().atMost(Duration.ofSeconds(60)).until(() -> fake.abandoned() == 1);
  }

  @Test
  void embeddings_of_one_and_of_several() {
    post("/api/embed", "{'model':'tinyllama','input':['a','bcd']}")
        .statusCode(200)
        .body("embeddings.size()", equalTo(2))
        .body("embeddings[1][0]", equalTo(3));
    post("/api/embeddings", "{'model':'tinyllama','prompt':'ab'}")
        .statusCode(200)
        .body("embedding[0]", equalTo(2));

    assertThat(fake.requests().getFirst().getValue("input"))
        .isEqualTo(new JsonArray(List.of("a", "bcd")));
    assertThat(fake.requests().getFirst().containsKey("stream")).isFalse();
  }

  @Test
  void identical_embeddings_under_way_share_a_call_and_others_do_not() {
    // Given
    CountDownLatch release = new CountDownLatch(1);
    fake.embedding(
        exchange -> {
          release.await();
          exchange.embed();
        });
    double before = collapsed();

    // When
    List<CompletableFuture<Integer>> answers =
        Stream.of("'a'", "'a'", "'b'", "'a','cache':false")
            .map(
                input ->
                    CompletableFuture.supplyAsync(
                        () ->
                            post("/api/embed", "{'model':'tinyllama','input':" + input + "}")
                                .extract()
                                .statusCode(),
                        task -> Thread.ofVirtual().start(task)))
            .toList();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> collapsed() == before + 1 && !fake.requests().isEmpty());
    release.countDown();

    // Then
    assertThat(answers.stream().map(CompletableFuture::join)).containsOnly(200);
    assertThat(fake.requests())
        .extracting(request -> request.getValue("input"))
        .containsExactlyInAnyOrder("a", "b", "a");
  }

  private static double collapsed() {
    return given()
        .get("/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith("model_requests_collapsed_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  @Test
  void models_are_listed_shown_and_their_version_told() {
    given()
        .get("/api/tags")
        .then()
        .statusCode(200)
        .body("models.name", hasItem("tinyllama:latest"));
    given().get("/api/ps").then().statusCode(200).body("models.size()", equalTo(1));
    given().get("/api/version").then().statusCode(200).body("version", equalTo("0.33.0"));
    post("/api/show", "{'model':'tinyllama'}")
        .statusCode(200)
        .body("details.family", equalTo("llama"));
    post("/api/show", "{'model':'gpt-oss'}") // an alias, which only this program knows
        .statusCode(200)
        .body("details.family", equalTo("llama"));
    given().get("/").then().statusCode(200).body(equalTo("Ollama is running"));
    given().head("/").then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/push", "/api/blobs/sha256:00"})
  void what_it_does_not_serve_is_told_in_ollamas_words(String path) {
    post(path, "{'model':'tinyllama'}").statusCode(404).body("error", notNullValue());
  }

  @Test
  void a_pulled_model_can_be_used_at_once() {
    List<JsonObject> lines = lines(post("/api/pull", "{'model':'llama3.2:1b'}").statusCode(200));
    assertThat(lines.getLast()).isEqualTo(new JsonObject().put("status", "success"));

    post("/api/generate", "{'model':'llama3.2:1b','prompt':'hi','stream':false}")
        .statusCode(200)
        .body("model", equalTo("llama3.2:1b"));
    post("/api/pull", "{'model':'other','stream':false}").body("status", equalTo("success"));
    post("/api/copy", "{'source':'tinyllama','destination':'mine'}").statusCode(200);
    given().body("{\"model\":\"nosuch\"}").delete("/api/delete").then().statusCode(404);
  }

  @Test
  void identical_requests_with_a_seed_share_one_call_and_get_the_same_bytes() throws Exception {
    // Given
    fake.otherwise(FakeModelServer.slowly(Duration.ofMillis(300), "Hello", " again", " world"));
    String body =
        "{'model':'tinyllama','prompt':'same " + UUID.randomUUID() + "','options':{'seed':7}}";

    // When
    List<CompletableFuture<String>> answers =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> post("/api/generate", body).statusCode(200).extract().asString(),
                        task -> Thread.ofVirtual().start(task)))
            .toList();

    // Then
    assertThat(answers.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void requests_without_a_seed_are_each_asked() {
    String body = "{'model':'tinyllama','prompt':'same','stream':false}";

    post("/api/generate", body).statusCode(200);
    post("/api/generate", body).statusCode(200);

    assertThat(fake.requests()).hasSize(2);
  }
}
