package com.sutazai.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import com.sutazai.testing.Slow;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Callers who come within one window. Whether two do is up to the machine, so they come again until
 * they did, and each answer must be right either way.
 */
@Slow
@QuarkusTest
@TestProfile(GatheredEmbeddings.class)
@QuarkusTestResource(ModelServer.class)
class GatheredEmbeddingsTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String MODEL = "'model':'tinyllama'";

  private final FakeModelServer ollama = ModelServer.fake();
  private final FakeModelServer openAi = ModelServer.other();

  @BeforeEach
  void serversAreWell() {
    ollama.reset();
    openAi.reset();
    openAi.models(ModelServer.OTHER_MODEL);
    await()
        .atMost(BOUND)
        .until(() -> post("/api/embed", MODEL + ",'input':'x'").statusCode() == 200);
    ollama.reset();
  }

  private static Response post(String path, String fields) {
    return given()
        .contentType("application/json")
        .body("{" + fields.replace('\'', '"') + "}")
        .post(path);
  }

  /** Asks at once for texts of one to four letters until some of them were sent together. */
  private static void together(
      FakeModelServer server,
      String path,
      String fields,
      String text,
      Consumer<List<Response>> right) {
    await()
        .atMost(BOUND)
        .until(
            () -> {
              List<CompletableFuture<Response>> answers =
                  IntStream.rangeClosed(1, 4)
                      .mapToObj("x"::repeat)
                      .map(letters -> fields + ",'" + text + "':'" + letters + "'")
                      .map(
                          body ->
                              CompletableFuture.supplyAsync(
                                  () -> post(path, body), task -> Thread.ofVirtual().start(task)))
                      .toList();
              right.accept(answers.stream().map(CompletableFuture::join).toList());
              return server.requests().stream()
                  .anyMatch(
                      request ->
                          request.getValue("input") instanceof Iterable<?> list
                              && list.iterator().hasNext());
            });
  }

  private static void eachIsRight(List<Response> answers, String list, String vector) {
    for (int i = 0; i < answers.size(); i++) {
      answers
          .get(i)
          .then()
          .statusCode(200)
          .body("model", equalTo("tinyllama:latest"))
          .body(list, hasSize(1))
          .body(vector + "[0]", equalTo(i + 1))
          .body(vector + "[1]", equalTo(0.5f));
    }
  }

  @Test
  void in_ollamas_words() {
    together(
        ollama,
        "/api/embed",
        MODEL,
        "input",
        answers -> eachIsRight(answers, "embeddings", "embeddings[0]"));
  }

  @Test
  void by_the_older_route() {
    together(
        ollama,
        "/api/embeddings",
        MODEL,
        "prompt",
        answers -> {
          for (int i = 0; i < answers.size(); i++) {
            answers.get(i).then().statusCode(200).body("embedding[0]", equalTo(i + 1));
          }
        });
  }

  @Test
  void in_openais_words() {
    together(
        ollama,
        "/v1/embeddings",
        MODEL,
        "input",
        answers -> {
          eachIsRight(answers, "data", "data[0].embedding");
          answers.forEach(
              answer ->
                  answer
                      .then()
                      .body("object", equalTo("list"))
                      .body("data[0].object", equalTo("embedding"))
                      .body("data[0].index", equalTo(0)));
        });
  }

  @Test
  void in_openais_words_as_base64() {
    together(
        ollama,
        "/v1/embeddings",
        MODEL + ",'encoding_format':'base64'",
        "input",
        answers -> {
          answers.getFirst().then().body("data[0].embedding", equalTo("AACAPwAAAD8AAIC+"));
          answers.get(2).then().body("data[0].embedding", equalTo("AABAQAAAAD8AAIC+"));
        });
  }

  @Test
  void in_ollamas_words_from_a_server_with_openais() {
    together(
        openAi,
        "/api/embed",
        "'model':'" + ModelServer.OTHER_MODEL + "'",
        "input",
        answers -> {
          for (int i = 0; i < answers.size(); i++) {
            answers.get(i).then().statusCode(200).body("embeddings[0][0]", equalTo(i + 1));
          }
        });
  }

  @Test
  void a_bad_text_fails_alone() {
    // Given
    ollama.embedding(
        exchange -> {
          if (exchange.inputs().contains("xxx")) {
            exchange.status(400, "{\"error\":\"this text is bad\"}");
          } else {
            exchange.embed();
          }
        });

    // When, then
    together(
        ollama,
        "/v1/embeddings",
        MODEL,
        "input",
        answers ->
            assertThat(answers.stream().map(Response::statusCode))
                .containsExactly(200, 200, 400, 200));
  }

  @Test
  void one_alone_has_its_usage() {
    post("/v1/embeddings", MODEL + ",'input':'a'")
        .then()
        .statusCode(200)
        .body("usage.prompt_tokens", equalTo(3));

    assertThat(ollama.requests().getFirst().getValue("input")).isEqualTo("a");
  }
}
