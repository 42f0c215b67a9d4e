package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.callTool;
import static com.sutazai.testing.FakeModelServer.cut;
import static com.sutazai.testing.FakeModelServer.slots;
import static com.sutazai.testing.FakeModelServer.slowly;
import static com.sutazai.testing.FakeModelServer.status;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An Ollama server and one with OpenAI's API, behind both doors. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class SeveralServersTest {
  private final FakeModelServer ollama = ModelServer.fake();
  private final FakeModelServer openAi = ModelServer.other();

  @BeforeEach
  @AfterEach
  void serversAreWell() {
    ollama.reset();
    openAi.reset();
    openAi.models(ModelServer.OTHER_MODEL);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> generate("tinyllama").extract().statusCode() == 200);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> generate(ModelServer.OTHER_MODEL).extract().statusCode() == 200);
    ollama.reset();
    openAi.reset();
    openAi.models(ModelServer.OTHER_MODEL);
  }

  private static ValidatableResponse post(String path, String json) {
    return given().contentType("application/json").body(json.replace('\'', '"')).post(path).then();
  }

  private static ValidatableResponse generate(String model) {
    return post("/generate", "{'prompt':'hi','cache':false,'model':'" + model + "'}");
  }

  private void bothHave(String model) {
    ollama.models("tinyllama:latest", model);
    openAi.models(ModelServer.OTHER_MODEL, model);
    given()
        .get("/api/models")
        .then()
        .body(
            "items.find { it.name == '" + model + "' }.backends",
            containsInAnyOrder("ollama", "openai"));
  }

  @Test
  void a_request_goes_to_the_server_that_has_its_model() {
    generate("tinyllama").statusCode(200).body("model", equalTo("tinyllama:latest"));
    generate(ModelServer.OTHER_MODEL).statusCode(200).body("generated", equalTo("Hello world"));

    assertThat(ollama.requests()).hasSize(1);
    assertThat(openAi.requests()).hasSize(1);
  }

  @Test
  void a_name_that_no_server_lists_is_answered_by_its_alias_which_is_named() {
    generate("gpt-oss").statusCode(200).body("model", equalTo("tinyllama:latest"));
  }

  @Test
  void the_other_server_answers_at_once_when_one_fails() {
    // Given
    bothHave("both");
    ollama.otherwise(cut());

    // When, then
    for (int i = 0; i < 12; i++) {
      post("/generate", "{'prompt':'hi " + i + "','model':'both'}")
          .statusCode(200)
          .body("generated", equalTo("Hello world"));
    }
    assertThat(openAi.requests()).hasSize(12);
    assertThat(ollama.requests()).isNotEmpty();
  }

  @Test
  void a_server_that_lets_nobody_in_takes_no_requests_from_the_other() {
    // Given
    bothHave("both");
    ollama.otherwise(status(401, "the key was revoked"));

    // When, then
    for (int i = 0; i < 6; i++) {
      post("/generate", "{'prompt':'let in " + i + "','model':'both'}")
          .statusCode(200)
          .body("generated", equalTo("Hello world"));
    }
    assertThat(ollama.requests()).isNotEmpty();
  }

  @Test
  void models_that_only_another_kind_of_server_has_are_not_changed() {
    given()
        .contentType("application/json")
        .body("{\"model\":\"spoken\"}")
        .delete("/api/delete")
        .then()
        .statusCode(400)
        .body("error", containsString("No Ollama server has the model spoken"));
    post("/api/copy", "{'source':'spoken','destination':'other'}")
        .statusCode(400)
        .body("error", containsString("No Ollama server has the model spoken"));
  }

  @Test
  void a_slow_server_is_waited_for_by_default() {
    // Given
    bothHave("both");
    ollama.otherwise(slowly(Duration.ofMillis(600), "late"));
    openAi.otherwise(slowly(Duration.ofMillis(600), "late"));

    // When, then
    post("/generate", "{'prompt':'hi','cache':false,'model':'both'}")
        .statusCode(200)
        .body("generated", equalTo("late"));
    assertThat(ollama.requests().size() + openAi.requests().size()).isEqualTo(1);
  }

  @Test
  void a_chat_in_ollamas_words_is_answered_by_a_server_with_openais() {
    // Given
    openAi.next(callTool("weather", new JsonObject().put("city", "Ulm")));
    String tools =
        "'tools':[{'type':'function','function':{'name':'weather','parameters':{'type':'object'}}}]";

    // When, then
    post(
            "/api/chat",
            "{'model':'spoken','stream':false,"
                + tools
                + ",'messages':[{'role':'user','content':'hi'}],'options':{'num_predict':9}}")
        .statusCode(200)
        .body("message.tool_calls[0].function.arguments.city", equalTo("Ulm"));
    assertThat(openAi.requests().getFirst().getInteger("max_tokens")).isEqualTo(9);
    assertThat(openAi.requests().getFirst().containsKey("options")).isFalse();
  }

  @Test
  void what_the_server_cannot_serve_is_refused() {
    post("/api/generate", "{'model':'spoken','prompt':'hi','template':'{{ .Prompt }}'}")
        .statusCode(400)
        .body("error", containsString("template is not served"));
    post(
            "/v1/chat/completions",
            "{'model':'spoken','messages':[{'role':'user','content':'hi'}],'n':2}")
        .statusCode(200);

    assertThat(openAi.requests()).hasSize(1);
  }

  @Test
  void a_request_goes_to_the_server_that_can_serve_all_of_it() {
    // Given
    bothHave("both");

    // When, then
    for (int i = 0; i < 6; i++) {
      post(
              "/api/generate",
              "{'model':'both','prompt':'all " + i + "','template':'{{ .Prompt }}','stream':false}")
          .statusCode(200);
    }
    assertThat(ollama.requests()).hasSize(6);
    assertThat(openAi.requests()).isEmpty();
  }

  @Test
  void a_request_that_only_loads_is_answered_without_asking() {
    post("/api/generate", "{'model':'spoken'}")
        .statusCode(200)
        .body("done_reason", equalTo("load"));

    assertThat(openAi.requests()).isEmpty();
  }

  @Test
  void embeddings_in_ollamas_words_come_from_a_server_with_openais() {
    post("/api/embed", "{'model':'spoken','input':['a','bcd']}")
        .statusCode(200)
        .body("embeddings.size()", equalTo(2))
        .body("embeddings[1][0]", equalTo(3));

    assertThat(openAi.requests().getFirst().getJsonArray("input"))
        .isEqualTo(new JsonArray(List.of("a", "bcd")));
  }

  @Test
  void a_server_that_tells_its_slots_is_never_given_more() {
    // Given
    given()
        .get("/api/models")
        .then()
        .body("backends.find { it.name == 'openai' }.slots", equalTo(ModelServer.OTHER_SLOTS));
    CountDownLatch full = new CountDownLatch(ModelServer.OTHER_SLOTS);
    openAi.otherwise(
        exchange -> {
          full.countDown();
          full.await(60, TimeUnit.SECONDS);
          slots(8, Duration.ofMillis(100)).play(exchange);
        });

    // When
    List<CompletableFuture<Integer>> answers =
        IntStream.range(0, 12)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> generate(ModelServer.OTHER_MODEL).extract().statusCode(),
                        task -> Thread.ofVirtual().start(task)))
            .toList();

    // Then
    assertThat(answers.stream().map(CompletableFuture::join)).containsOnly(200);
    assertThat(openAi.mostAtOnce()).isEqualTo(ModelServer.OTHER_SLOTS);
  }

  /** Talks until it is released. */
  private static FakeModelServer.Script until(CountDownLatch release) {
    return exchange -> {
      exchange.head();
      do {
        exchange.token("on and ");
      } while (!release.await(200, TimeUnit.MILLISECONDS));
      exchange.done(7, 1);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Prefer|wait=0|/v1/completions|error.code",
        "X-Stainless-Timeout|1|/v1/completions|error.code",
        "Prefer|wait=0|/generate|code"
      })
  void who_waits_for_so_long_only_is_refused_by_then(
      String header, String value, String path, String code) throws Exception {
    // Given
    var release = new CountDownLatch(1);
    openAi.otherwise(until(release));
    List<Thread> others =
        IntStream.range(0, ModelServer.OTHER_SLOTS)
            .mapToObj(i -> Thread.ofVirtual().start(() -> generate(ModelServer.OTHER_MODEL)))
            .toList();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> openAi.requests().size() == ModelServer.OTHER_SLOTS);

    // When
    var answer =
        given()
            .header(header, value)
            .contentType("application/json")
            .body("{\"model\":\"" + ModelServer.OTHER_MODEL + "\",\"prompt\":\"me too\"}")
            .post(path)
            .then();

    // Then
    release.countDown();
    for (Thread other : others) {
      other.join();
    }
    answer.statusCode(503).header("Retry-After", notNullValue()).body(code, equalTo("model_busy"));
  }
}
