package com.sutazai.gateway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.testing.ChainModel;
import com.sutazai.testing.DebianLlama;
import com.sutazai.testing.Product;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The doors before a real model server, whose model's every word is known. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(
    value = "com.sutazai.testing.DebianLlama#installed",
    disabledReason = "llama-server is not installed: src/test/llama/install")
@SuppressWarnings("NullAway.Init")
class RealModelServerIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXTS = "chain";
  private static final String VECTORS = "bag";
  private static final int SLOTS = 4;
  private static final String PROMPT = "the quick";
  private static final String ANSWER = ChainModel.after(PROMPT);

  /** More tokens than are made while a caller leaves. */
  private static final int LONG = ChainModel.LONG_CONTEXT - 100;

  @TempDir static Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private DebianLlama texts;
  private DebianLlama vectors;
  private Product product;

  @BeforeAll
  void start() throws Exception {
    texts = DebianLlama.start(folder, TEXTS, SLOTS);
    vectors = DebianLlama.embedding(folder, VECTORS);
    product =
        Product.up(
            folder.resolve("data"),
            Map.of(
                "SUTAZAI_INFERENCE_BACKENDS_TEXTS_URL",
                texts.url(),
                "SUTAZAI_INFERENCE_BACKENDS_TEXTS_KIND",
                "openai",
                "SUTAZAI_INFERENCE_BACKENDS_VECTORS_URL",
                vectors.url() + "/v1",
                "SUTAZAI_INFERENCE_BACKENDS_VECTORS_KIND",
                "openai",
                "SUTAZAI_INFERENCE_MODEL",
                TEXTS));
  }

  @AfterAll
  void stop() throws Exception {
    var started = Stream.<AutoCloseable>of(product, texts, vectors).filter(Objects::nonNull);
    for (AutoCloseable each : started.toList()) {
      each.close();
    }
  }

  private String ask(String path, JsonNode body) throws Exception {
    HttpResponse<String> response = product.post(path, body.toString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  @ParameterizedTest
  @EnumSource
  void a_whole_answer_is_the_model_s_word_for_word(ModelDoor door) throws Exception {
    // When
    String answer = ask(door.path(), door.request(TEXTS, PROMPT, false));

    // Then
    assertThat(door.text(answer)).as(answer).isEqualTo(ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void a_streamed_answer_comes_word_by_word(ModelDoor door) throws Exception {
    // When
    String answer = ask(door.path(), door.request(TEXTS, PROMPT, true));

    // Then
    assertThat(door.pieces(answer)).as(answer).containsExactly(ANSWER.split("(?= )"));
  }

  @Test
  void the_guide_s_stream_needs_only_a_prompt() throws Exception {
    // When
    String answer = ask("/generate/stream", JSON.createObjectNode().put("prompt", PROMPT));

    // Then
    assertThat(ModelDoor.NATIVE.pieces(answer)).containsExactly(ANSWER.split("(?= )"));
    assertThat(answer).endsWith("data: [DONE]\n\n");
  }

  @Test
  void tokens_are_counted_as_the_server_counts_them() throws Exception {
    // Given: a beginning before the prompt's words, and an end after the answer's
    int asked = 1 + ChainModel.words(PROMPT);
    int answered = ChainModel.words(ANSWER) + 1;

    // When
    JsonNode own = JSON.readTree(ask("/generate", JSON.createObjectNode().put("prompt", PROMPT)));
    ObjectNode request = ModelDoor.GENERATE.request(TEXTS, PROMPT, false);
    JsonNode ollama = JSON.readTree(ask("/api/generate", request));

    // Then
    assertThat(own.at("/usage/prompt_tokens").asInt()).isEqualTo(asked);
    assertThat(own.at("/usage/completion_tokens").asInt()).isEqualTo(answered);
    assertThat(ollama.path("prompt_eval_count").asInt()).isEqualTo(asked);
    assertThat(ollama.path("eval_count").asInt()).isEqualTo(answered);
    assertThat(ollama.path("done_reason").asText()).isEqualTo("stop");
  }

  @Test
  void a_list_of_prompts_is_answered_and_counted_prompt_by_prompt() throws Exception {
    // Given
    List<String> prompts = ChainModel.prompts(2 * SLOTS);
    ObjectNode request = JSON.createObjectNode().put("model", TEXTS).put("temperature", 0);
    prompts.forEach(request.putArray("prompt")::add);

    // When
    JsonNode answer = JSON.readTree(ask("/v1/completions", request));

    // Then
    assertThat(answer.path("choices").valueStream().map(each -> each.path("text").asText()))
        .containsExactlyElementsOf(prompts.stream().map(ChainModel::after).toList());
    assertThat(answer.at("/usage/completion_tokens").asInt())
        .isEqualTo(
            prompts.stream().mapToInt(each -> ChainModel.words(ChainModel.after(each)) + 1).sum());
  }

  @ParameterizedTest
  @EnumSource
  void requests_at_once_get_each_its_own_answer(ModelDoor door) throws Exception {
    // Given
    List<String> prompts = ChainModel.prompts(4 * SLOTS);

    // When
    var answers =
        prompts.stream().map(each -> send(door, door.request(TEXTS, each, false))).toList();

    // Then
    for (int i = 0; i < prompts.size(); i++) {
      String answer = answers.get(i).get(PATIENCE.toSeconds(), SECONDS).body();
      assertThat(door.text(answer)).as(answer).isEqualTo(ChainModel.after(prompts.get(i)));
    }
  }

  private CompletableFuture<HttpResponse<String>> send(ModelDoor door, JsonNode body) {
    var request =
        HttpRequest.newBuilder(product.uri(door.path()))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  @Test
  void slots_are_as_many_as_the_server_says() throws Exception {
    // Given
    ask("/generate", JSON.createObjectNode().put("prompt", PROMPT));

    // When
    JsonNode servers = JSON.readTree(product.get("/api/models").body()).path("backends");

    // Then
    assertThat(servers)
        .anySatisfy(
            server -> {
              assertThat(server.path("name").asText()).isEqualTo("texts");
              assertThat(server.path("status").asText()).isEqualTo("ok");
              assertThat(server.path("slots").asInt()).isEqualTo(SLOTS);
            });
  }

  @ParameterizedTest
  @EnumSource
  void a_caller_that_leaves_a_stream_frees_its_slot(ModelDoor door) throws Exception {
    assertFreedByLeaving(door, true);
  }

  @ParameterizedTest
  @EnumSource
  void a_caller_that_leaves_before_the_answer_frees_its_slot(ModelDoor door) throws Exception {
    assertFreedByLeaving(door, false);
  }

  private void assertFreedByLeaving(ModelDoor door, boolean stream) throws Exception {
    // Given
    long before = texts.predicted();
    var answer = send(door, door.request(TEXTS, ChainModel.ENDLESS, stream, LONG));
    await().atMost(PATIENCE).until(() -> texts.processing() == 1);

    // When
    boolean left = answer.cancel(true);

    // Then
    assertThat(left).isTrue();
    await().atMost(PATIENCE).until(() -> texts.processing() == 0);
    assertThat(texts.predicted() - before).isLessThan(LONG);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NATIVE")
  void foreign_doors_do_not_find_a_model_that_no_server_has(ModelDoor door) throws Exception {
    // When
    var answer = product.post(door.path(), door.request("absent", PROMPT, false).toString());

    // Then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
    assertThat(answer.body()).contains("absent");
  }

  @ParameterizedTest
  @EnumSource
  void a_prompt_that_is_too_long_is_the_caller_s_mistake(ModelDoor door) throws Exception {
    // Given
    var request = door.request(TEXTS, "the ".repeat(ChainModel.LONG_CONTEXT), false);

    // When
    var answer = product.post(door.path(), request.toString());

    // Then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("context size");
  }

  @Test
  void related_texts_are_embedded_near_each_other_for_clients_of_ollama() throws Exception {
    // When
    JsonNode answer = JSON.readTree(ask("/api/embed", embedding()));

    // Then
    assertRelatedAreNearer(answer.path("embeddings").valueStream().toList());
  }

  @Test
  void related_texts_are_embedded_near_each_other_for_clients_of_openai() throws Exception {
    // When
    JsonNode answer = JSON.readTree(ask("/v1/embeddings", embedding()));

    // Then
    assertRelatedAreNearer(answer.findValues("embedding"));
  }

  private static ObjectNode embedding() {
    ObjectNode body = JSON.createObjectNode().put("model", VECTORS);
    body.putArray("input")
        .add("the quick brown fox")
        .add("the lazy brown dog")
        .add("one two three four");
    return body;
  }

  private static void assertRelatedAreNearer(List<JsonNode> vectors) {
    assertThat(vectors).hasSize(3);
    assertThat(nearness(vectors.get(0), vectors.get(1)))
        .isGreaterThan(nearness(vectors.get(0), vectors.get(2)) + 0.2);
  }

  /** Of vectors whose length is 1. */
  private static double nearness(JsonNode left, JsonNode right) {
    return IntStream.range(0, left.size())
        .mapToDouble(i -> left.get(i).asDouble() * right.get(i).asDouble())
        .sum();
  }

  @Test
  void one_variable_puts_the_product_before_the_server() throws Exception {
    // Given
    var environment =
        Map.of("OPENAI_BASE_URL", texts.url() + "/v1", "SUTAZAI_INFERENCE_MODEL", TEXTS);

    // When
    try (Product simple = Product.up(folder.resolve("simple"), environment)) {
      String answer = simple.post("/generate", "{\"prompt\":\"the quick\"}").body();

      // Then
      assertThat(ModelDoor.NATIVE.text(answer)).as(answer).isEqualTo(ANSWER);
    }
  }
}
