package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.endlessly;
import static com.sutazai.testing.FakeModelServer.say;
import static com.sutazai.testing.FakeModelServer.slowly;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import com.sutazai.testing.FakeExchange;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.FakeModelServer.Script;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of prompts, before a server whose API takes them and one of which they are refused. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class PromptListTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Its server is Ollama, which takes one prompt at a time. */
  private static final String ONE_BY_ONE = "tinyllama";

  /** Its server has slots and takes lists, as a llama-server does. */
  private static final String IN_LISTS = ModelServer.OTHER_MODEL;

  private final FakeModelServer ollama = ModelServer.fake();
  private final FakeModelServer other = ModelServer.other();

  @BeforeEach
  @AfterEach
  void serversAreWell() {
    reset();
    for (String model : List.of(ONE_BY_ONE, IN_LISTS)) {
      await().atMost(PATIENCE).until(() -> complete(model, "").extract().statusCode() == 200);
    }
    reset();
  }

  private void reset() {
    for (FakeModelServer server : List.of(ollama, other)) {
      server.reset();
      server.otherwise(PromptListTest::repeat);
    }
    other.models(IN_LISTS);
  }

  /** Says what it was asked; two tokens. */
  private static void repeat(FakeExchange exchange) throws IOException, InterruptedException {
    Object prompt = exchange.body().getValue("prompt");
    if (prompt instanceof JsonArray) {
      say("tokens ", prompt.toString()).play(exchange);
    } else if (prompt.equals("bad")) {
      FakeModelServer.status(400, "this one is bad").play(exchange);
    } else {
      say("to ", prompt.toString()).play(exchange);
    }
  }

  private static ValidatableResponse complete(String model, String more) {
    return asked("{'model':'" + model + "','prompt':['a','b','c']" + more + "}");
  }

  private static ValidatableResponse asked(String json) {
    return given()
        .contentType("application/json")
        .body(json.replace('\'', '"'))
        .post("/v1/completions")
        .then();
  }

  private static List<String> data(ValidatableResponse stream) {
    return stream
        .statusCode(200)
        .contentType(startsWith("text/event-stream"))
        .extract()
        .asString()
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring(6))
        .toList();
  }

  /** Texts of the choices, by their index. */
  private static Map<Integer, String> texts(List<String> data) {
    Map<Integer, String> texts = new TreeMap<>();
    data.stream()
        .filter(each -> each.startsWith("{"))
        .map(each -> new JsonObject(each).getJsonArray("choices", new JsonArray()))
        .flatMap(choices -> choices.stream().map(JsonObject.class::cast))
        .forEach(
            each -> texts.merge(each.getInteger("index"), each.getString("text"), String::concat));
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE_BY_ONE, IN_LISTS})
  void each_prompt_has_its_choice(String model) {
    complete(model, "")
        .statusCode(200)
        .body("object", equalTo("text_completion"))
        .body("choices.index", contains(0, 1, 2))
        .body("choices.text", contains("to a", "to b", "to c"))
        .body("choices.finish_reason", contains("stop", "stop", "stop"))
        .body("usage.prompt_tokens", equalTo(21))
        .body("usage.completion_tokens", equalTo(6))
        .body("usage.total_tokens", equalTo(27));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE_BY_ONE, IN_LISTS})
  void choices_are_streamed_under_their_places(String model) {
    // When
    List<String> data =
        data(complete(model, ",'stream':true,'stream_options':{'include_usage':true}"));

    // Then
    assertThat(texts(data)).isEqualTo(Map.of(0, "to a", 1, "to b", 2, "to c"));
    assertThat(data).last().isEqualTo("[DONE]");
    assertThat(data.subList(0, data.size() - 1).stream().map(JsonObject::new))
        .extracting(each -> each.getString("id"))
        .containsOnly("chatcmpl-1");
    JsonObject counted = new JsonObject(data.get(data.size() - 2));
    assertThat(counted.getJsonArray("choices")).isEmpty();
    assertThat(counted.getJsonObject("usage").getInteger("total_tokens")).isEqualTo(27);
    assertThat(data.stream().filter(each -> each.contains("total_tokens"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE_BY_ONE, IN_LISTS})
  void usage_is_told_only_to_who_asked(String model) {
    assertThat(data(complete(model, ",'stream':true")))
        .noneMatch(each -> each.contains("total_tokens"));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE_BY_ONE, IN_LISTS})
  void one_that_fails_is_named_and_fails_the_whole(String model) {
    asked("{'model':'" + model + "','prompt':['a','bad','c']}")
        .statusCode(400)
        .body("error.type", equalTo("invalid_request_error"))
        .body("error.message", startsWith("prompt[1]: "))
        .body("error.message", containsString("this one is bad"));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE_BY_ONE, IN_LISTS})
  void one_that_fails_in_a_stream_takes_no_other_with_it(String model) {
    // When
    List<String> data =
        data(asked("{'model':'" + model + "','stream':true,'prompt':['a','bad','c']}"));

    // Then
    assertThat(texts(data)).isEqualTo(Map.of(0, "to a", 2, "to c"));
    assertThat(new JsonObject(data.getLast()).getJsonObject("error").getString("message"))
        .startsWith("prompt[1]: ")
        .contains("this one is bad");
  }

  @Test
  void a_stream_of_which_all_fail_is_an_ordinary_error() {
    asked("{'model':'tinyllama','stream':true,'prompt':['bad','bad']}")
        .statusCode(400)
        .body("error.message", containsString("this one is bad"));
  }

  @Test
  void a_list_takes_no_more_slots_than_there_are() {
    // Given
    other.otherwise(slowly(Duration.ofMillis(20), "slow"));
    String prompts =
        String.join(",", IntStream.range(0, 12).mapToObj(i -> "'p" + i + "'").toList());

    // When
    ValidatableResponse answer = asked("{'model':'spoken','prompt':[" + prompts + "]}");

    // Then
    answer.statusCode(200).body("choices", hasSize(12));
    assertThat(other.requests()).hasSize(12);
    assertThat(other.mostAtOnce()).isLessThanOrEqualTo(ModelServer.OTHER_SLOTS);
  }

  @Test
  void several_choices_of_a_prompt_stand_together() {
    // Given
    other.otherwise(two());

    // When
    ValidatableResponse answer = complete(IN_LISTS, ",'n':2");

    // Then
    answer
        .statusCode(200)
        .body("choices.index", contains(0, 1, 2, 3, 4, 5))
        .body("choices.text", contains("a0", "a1", "b0", "b1", "c0", "c1"));
  }

  private static Script two() {
    return exchange -> {
      exchange.head();
      for (int i = 0; i < 2; i++) {
        JsonObject choice =
            new JsonObject()
                .put("index", i)
                .put("text", exchange.body().getString("prompt") + i)
                .put("finish_reason", "stop");
        exchange.chunk(
            "data: " + new JsonObject().put("choices", new JsonArray().add(choice)) + "\n\n");
      }
      exchange.chunk("data: [DONE]\n\n");
      exchange.end();
    };
  }

  @Test
  void lists_of_tokens_are_prompts_and_tokens_alone_are_one() {
    asked("{'model':'spoken','prompt':[[1,2],[3]]}")
        .statusCode(200)
        .body("choices.text", contains("tokens [1,2]", "tokens [3]"));
    asked("{'model':'spoken','prompt':[1,2,3]}")
        .statusCode(200)
        .body("choices.text", contains("tokens [1,2,3]"));
  }

  @Test
  void who_leaves_ends_the_work_on_all_prompts() throws Exception {
    // Given
    other.otherwise(endlessly(Duration.ofMillis(20)));
    String body = "{\"model\":\"spoken\",\"stream\":true,\"prompt\":[\"a\",\"b\",\"c\"]}";

    // When
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      String head =
          "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
              .formatted(body.length());
      socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(15)).asString().endsWith("200 OK");
      await().atMost(PATIENCE).until(() -> other.requests().size() == 2);
    }

    // Then
    await().atMost(PATIENCE).until(() -> other.abandoned() >= 2);
  }

  @Test
  void a_list_is_bounded() {
    asked("{'model':'tinyllama','prompt':[" + "'a',".repeat(2048) + "'a']}")
        .statusCode(400)
        .body("error.param", equalTo("prompt"))
        .body("error.message", containsString("2048"));
  }
}
