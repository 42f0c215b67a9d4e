package com.sutazai.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.FakeModelServer.Script;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is kept leaves by each door as it left the first time. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class KeptDoorsTest {
  private static final String MODEL = "tinyllama:latest";

  private final FakeModelServer ollama = ModelServer.fake();
  private final FakeModelServer openAi = ModelServer.other();
  private final String prompt = "once more " + UUID.randomUUID();

  @BeforeEach
  void serversAreWell() {
    reset();
    for (String model : new String[] {MODEL, ModelServer.OTHER_MODEL}) {
      ObjectNode asked = ModelDoor.NATIVE.request(model, "well?", false).put("cache", false);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> post("/generate", asked).extract().statusCode() == 200);
    }
    given().get("/api/models").then().statusCode(200);
    ollama.requests().clear();
    openAi.requests().clear();
  }

  @AfterEach
  void reset() {
    ollama.reset();
    openAi.reset();
    openAi.models(ModelServer.OTHER_MODEL);
  }

  private static ValidatableResponse post(String path, ObjectNode body) {
    return given().contentType("application/json").body(body.toString()).post(path).then();
  }

  private int asked() {
    return ollama.requests().size() + openAi.requests().size();
  }

  /** Reasoning, text, in a chat a call of a tool, and the usage. */
  private static Script script(boolean chat) {
    return exchange -> {
      exchange.head();
      exchange.reasoning("hm \"é\\");
      exchange.token("Hello\n");
      exchange.token(" wörld 🙂");
      if (chat) {
        exchange.toolCall("weather", new JsonObject().put("city", "Ulm").put("at", 1.50));
      }
      exchange.done(7, 3);
    };
  }

  private static boolean chats(ModelDoor door) {
    return door != ModelDoor.NATIVE && door != ModelDoor.GENERATE && door != ModelDoor.COMPLETIONS;
  }

  /** Without what belongs to a request, and is made by the door itself. */
  private static String told(ModelDoor door, String body) {
    return switch (door) {
      case NATIVE ->
          body.replaceAll("\"cached\":(true|false)", "\"cached\":-")
              .replaceAll("\"timings\":\\{[^}]*\\}", "\"timings\":-");
      case RESPONSES -> body.replaceAll("[0-9a-f]{32}", "-").replaceAll("_at\":\\d+", "_at\":-");
      case GENERATE, CHAT, COMPLETIONS, CHAT_COMPLETIONS -> body;
    };
  }

  private void assertTellsTheSame(ModelDoor door, String model, boolean stream) {
    // Given
    ollama.otherwise(script(chats(door)));
    openAi.otherwise(script(chats(door)));
    ObjectNode body = door.request(model, prompt, stream).put("cache", true);
    if (door == ModelDoor.CHAT_COMPLETIONS || door == ModelDoor.COMPLETIONS) {
      body.putObject("stream_options").put("include_usage", true);
    }
    String first =
        post(door.path(), body)
            .statusCode(200)
            .header("X-Cache", equalTo("MISS"))
            .header("Cache-Status", startsWith("sutazai; fwd=miss"))
            .extract()
            .asString();

    // When
    ValidatableResponse again = post(door.path(), body);

    // Then
    String second =
        again
            .statusCode(200)
            .header("X-Cache", equalTo("HIT"))
            .header("Cache-Status", startsWith("sutazai; hit; ttl="))
            .extract()
            .asString();
    assertThat(told(door, second)).isEqualTo(told(door, first));
    assertThat(asked()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_is_told_again_byte_for_byte(ModelDoor door) {
    assertTellsTheSame(door, MODEL, true);
  }

  @ParameterizedTest
  @EnumSource
  void a_whole_answer_is_told_again_byte_for_byte(ModelDoor door) {
    assertTellsTheSame(door, MODEL, false);
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "GENERATE", "CHAT"})
  void a_translated_stream_is_told_again_byte_for_byte(ModelDoor door) {
    assertTellsTheSame(door, ModelServer.OTHER_MODEL, true);
  }

  @ParameterizedTest
  @EnumSource(names = {"CHAT", "CHAT_COMPLETIONS"})
  void a_stream_is_what_the_server_wrote_the_first_time_and_again(ModelDoor door) {
    // Given: what a reader and a writer of JSON would change
    String[] pieces =
        door == ModelDoor.CHAT
            ? new String[] {
              "{\"model\" : \"m\", \"message\":{\"content\":\"\\u00e9 \\/\"},\"n\":1.50,\"done\":false}",
              "{\"message\":{\"content\":\"\"}, \"done\":true,\"done\":true,\"eval_count\":1}"
            }
            : new String[] {
              "{\"choices\" : [{\"index\":0,\"delta\":{\"content\":\"\\u00e9 \\/\"}}],\"n\":1.50}",
              "{\"choices\":[{\"index\":0, \"delta\":{},\"finish_reason\":\"stop\"}]}",
              "[DONE]"
            };
    String before = door == ModelDoor.CHAT ? "" : "data: ";
    String after = door == ModelDoor.CHAT ? "\n" : "\n\n";
    String[] lines = Stream.of(pieces).map(before::concat).toArray(String[]::new);
    ollama.otherwise(FakeModelServer.lines(lines));
    ObjectNode body = door.request(MODEL, prompt, true).put("cache", true);

    // When
    String first = post(door.path(), body).statusCode(200).extract().asString();
    String second = post(door.path(), body).header("X-Cache", equalTo("HIT")).extract().asString();

    // Then
    assertThat(first).isEqualTo(String.join(after, lines) + after).isEqualTo(second);
  }

  @ParameterizedTest
  @EnumSource(names = "NATIVE", mode = EnumSource.Mode.EXCLUDE)
  void a_stream_serves_who_wants_the_whole_and_the_other_way_round(ModelDoor door) {
    // Given
    String streamed = "streamed " + prompt;
    post(door.path(), door.request(MODEL, prompt, false).put("cache", true));
    post(door.path(), door.request(MODEL, streamed, true).put("cache", true));

    // When, then
    post(door.path(), door.request(MODEL, prompt, true).put("cache", true))
        .header("X-Cache", equalTo("HIT"));
    post(door.path(), door.request(MODEL, streamed, false).put("cache", true))
        .header("X-Cache", equalTo("HIT"));
    assertThat(asked()).isEqualTo(2);
    assertThat(ollama.requests()).noneMatch(each -> each.containsKey("cache"));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/generate,'{\"options\":{\"temperature\":0}}',true",
    "/api/generate,'{\"options\":{\"seed\":3}}',true",
    "/api/generate,'{\"options\":{\"seed\":null}}',false",
    "/api/generate,'{}',false",
    "/api/generate,'{\"options\":{\"seed\":3},\"cache\":false}',false",
    "/v1/completions,'{\"temperature\":0.0}',true",
    "/v1/completions,'{\"seed\":3}',true",
    "/v1/completions,'{\"temperature\":0.5}',false",
    "/v1/completions,'{\"cache\":true}',true",
  })
  void the_doors_use_an_answer_again_that_would_be_the_same_or_is_wanted(
      String path, String more, boolean again) {
    // Given
    JsonObject body =
        new JsonObject()
            .put("model", MODEL)
            .put("prompt", prompt)
            .put("stream", false)
            .mergeIn(new JsonObject(more));
    given().body(body.encode()).post(path).then().statusCode(200);

    // When
    given().body(body.encode()).post(path).then().statusCode(200);

    // Then
    assertThat(asked()).isEqualTo(again ? 1 : 2);
  }

  @Test
  void an_answer_for_one_request_alone_says_nothing_of_a_cache() {
    post("/v1/completions", ModelDoor.COMPLETIONS.request(MODEL, prompt, false))
        .statusCode(200)
        .header("X-Cache", nullValue())
        .header("Cache-Status", nullValue());
  }

  @Test
  void a_request_that_only_loads_always_reaches_the_server() {
    Map<String, Object> body = Map.of("model", MODEL, "cache", true);

    given().body(body).contentType("application/json").post("/api/generate").then().statusCode(200);
    given().body(body).contentType("application/json").post("/api/generate").then().statusCode(200);

    assertThat(asked()).isEqualTo(2);
  }
}
