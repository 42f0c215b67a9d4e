package com.sutazai.gateway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.testing.ChainModel;
import com.sutazai.testing.Product;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged program with the engine inside and a model whose every word is known. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class EmbeddedEngineIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = "chain";
  private static final String PROMPT = "the quick";
  private static final String ANSWER = ChainModel.after(PROMPT);

  /** More tokens than are made while the test does something else. */
  private static final int LONG = ChainModel.CONTEXT - 100;

  @TempDir static Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Product product;

  @BeforeAll
  void start() throws Exception {
    Path models = Files.createDirectories(folder.resolve("models"));
    ChainModel.write(models.resolve(MODEL + ".gguf"));
    product =
        Product.up(
            folder.resolve("data"),
            Map.of(
                "SUTAZAI_INFERENCE_ENGINE_ENABLED",
                "true",
                "SUTAZAI_INFERENCE_ENGINE_CONTEXT",
                "" + ChainModel.CONTEXT,
                "SUTAZAI_INFERENCE_MODELS_DIR",
                models.toString(),
                "SUTAZAI_INFERENCE_MODEL",
                MODEL));
  }

  @AfterAll
  void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  private String ask(String path, JsonNode body) throws Exception {
    HttpResponse<String> response = product.post(path, body.toString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private HttpRequest request(String path, JsonNode body) {
    return HttpRequest.newBuilder(product.uri(path))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.toString()))
        .build();
  }

  private ProcessHandle engine() {
    return ProcessHandle.of(product.pid())
        .orElseThrow()
        .descendants()
        .filter(each -> each.info().arguments().map(List::of).orElse(List.of()).contains("engine"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void a_whole_answer_is_the_model_s_word_for_word(ModelDoor door) throws Exception {
    // When
    String answer = ask(door.path(), door.request(MODEL, PROMPT, false));

    // Then
    assertThat(door.text(answer)).as(answer).isEqualTo(ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void a_streamed_answer_comes_word_by_word(ModelDoor door) throws Exception {
    // When
    String answer = ask(door.path(), door.request(MODEL, PROMPT, true));

    // Then
    assertThat(door.pieces(answer)).as(answer).containsExactly(ANSWER.split("(?= )"));
  }

  @ParameterizedTest
  @EnumSource
  void requests_at_once_get_each_its_own_answer(ModelDoor door) throws Exception {
    // Given
    List<String> prompts = ChainModel.prompts(16);

    // When
    List<CompletableFuture<HttpResponse<String>>> answers =
        prompts.stream()
            .map(each -> request(door.path(), door.request(MODEL, each, false)))
            .map(each -> client.sendAsync(each, BodyHandlers.ofString()))
            .toList();

    // Then
    for (int i = 0; i < prompts.size(); i++) {
      String answer = answers.get(i).get(PATIENCE.toSeconds(), SECONDS).body();
      assertThat(door.text(answer)).as(answer).isEqualTo(ChainModel.after(prompts.get(i)));
    }
  }

  @Test
  void an_answer_keeps_to_a_schema() throws Exception {
    // Given
    ObjectNode body = ModelDoor.CHAT.request(MODEL, PROMPT, false);
    body.set(
        "format",
        JSON.readTree(
            """
            {"type":"object","required":["word","sure"],"properties":
             {"word":{"enum":["fox","dog"]},"sure":{"type":"integer","minimum":3,"maximum":17}}}"""));

    // When
    JsonNode said = JSON.readTree(ModelDoor.CHAT.text(ask("/api/chat", body)));

    // Then
    assertThat(said.path("word").asText()).isIn("fox", "dog");
    assertThat(said.path("sure").asInt()).isBetween(3, 17);
  }

  @Test
  void a_schema_that_cannot_be_held_to_is_refused_by_its_keyword() throws Exception {
    // Given
    ObjectNode body = ModelDoor.GENERATE.request(MODEL, PROMPT, false);
    body.putObject("format").put("type", "array").put("uniqueItems", true);

    // When
    var answer = product.post("/api/generate", body.toString());

    // Then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("format.uniqueItems");
  }

  @Test
  void the_engine_is_one_of_the_servers_and_says_what_it_has() throws Exception {
    // When
    JsonNode models = JSON.readTree(product.get("/api/models").body());
    JsonNode tags = JSON.readTree(product.get("/api/tags").body());
    JsonNode shown = JSON.readTree(ask("/api/show", JSON.createObjectNode().put("model", MODEL)));

    // Then
    assertThat(models.path("backends"))
        .anySatisfy(
            server -> {
              assertThat(server.path("name").asText()).isEqualTo("embedded");
              assertThat(server.path("status").asText()).isEqualTo("ok");
              assertThat(server.path("slots").asInt()).isEqualTo(8);
            });
    assertThat(tags.path("models").findValuesAsText("name")).contains("chain:latest", "demo");
    assertThat(shown.at("/details/family").asText()).isEqualTo("llama");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NATIVE")
  void a_model_that_is_not_there_is_missed_with_what_to_do(ModelDoor door) throws Exception {
    // When
    var answer = product.post(door.path(), door.request("absent", PROMPT, false).toString());

    // Then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
    assertThat(answer.body()).contains("absent", "/api/pull");
  }

  @Test
  void a_killed_engine_breaks_its_streams_with_an_error_and_is_started_again() throws Exception {
    // Given
    ObjectNode body = ModelDoor.GENERATE.request(MODEL, ChainModel.ENDLESS, true, LONG);
    HttpResponse<InputStream> stream =
        client.send(request("/api/generate", body), BodyHandlers.ofInputStream());
    InputStream lines = stream.body();
    assertThat(lines.readNBytes(100)).hasSize(100);
    ProcessHandle killed = engine();

    // When
    killed.destroyForcibly();
    String rest = new String(lines.readAllBytes());

    // Then
    assertThat(rest.lines().reduce("", (a, b) -> b)).contains("\"error\"");
    assertThat(rest).doesNotContain("\"done\":true");
    String again = ask("/api/generate", ModelDoor.GENERATE.request(MODEL, PROMPT, false));
    assertThat(ModelDoor.GENERATE.text(again)).isEqualTo(ANSWER);
    assertThat(engine().pid()).isNotEqualTo(killed.pid());
    assertThat(product.get("/metrics").body()).contains("model_engine_starts_total");
  }

  @Test
  void a_task_whose_engine_is_killed_finishes() throws Exception {
    // Given
    ObjectNode task = JSON.createObjectNode().put("type", "inference");
    task.putObject("payload")
        .put("prompt", ChainModel.ENDLESS)
        .put("model", MODEL)
        .putObject("options")
        .put("num_predict", LONG / 2);
    JsonNode accepted = JSON.readTree(product.post("/api/tasks", task.toString()).body());
    String path = "/api/tasks/" + accepted.path("id").asText();
    await().atMost(PATIENCE).until(() -> status(path).equals("processing") && isLoaded());

    // When
    engine().destroyForcibly();

    // Then
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(status(path)).isEqualTo("completed"));
  }

  private String status(String path) throws Exception {
    return JSON.readTree(product.get(path).body()).path("status").asText();
  }

  private boolean isLoaded() throws Exception {
    return JSON.readTree(product.get("/api/ps").body()).path("models").size() > 0;
  }

  @Test
  void the_engine_ends_with_the_program_that_is_killed() throws Exception {
    // Given
    var environment = Map.of("SUTAZAI_INFERENCE_ENGINE_ENABLED", "true");
    try (Product other = Product.up(folder.resolve("other"), environment)) {
      await().atMost(PATIENCE).until(() -> other.get("/api/tags").body().contains("demo"));
      ProcessHandle child =
          ProcessHandle.of(other.pid())
              .orElseThrow()
              .descendants()
              .filter(
                  each ->
                      String.join(" ", each.info().arguments().orElse(new String[0]))
                          .contains(" engine "))
              .findFirst()
              .orElseThrow();

      // When
      other.kill();

      // Then
      await().atMost(PATIENCE).until(() -> !child.isAlive());
    }
  }
}
