package com.sutazai.gateway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.testing.ChainModel;
import com.sutazai.testing.FakeRegistry;
import com.sutazai.testing.Product;
import dev.langchain4j.data.message.UserMessage;
import io.restassured.RestAssured;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Path CLIENTS = Path.of("target/clients");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = EngineProduct.MODEL;
  private static final String PROMPT = "the quick";
  private static final String ANSWER = ChainModel.after(PROMPT);

  @TempDir static Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private FakeRegistry registry;
  private Product product;

  @BeforeAll
  void start() throws Exception {
    registry = new FakeRegistry();
    String url = registry.url().toString();
    product = EngineProduct.up(folder, Map.of("SUTAZAI_INFERENCE_ENGINE_REGISTRY", url));
  }

  @AfterAll
  void stop() throws Exception {
    registry.close();
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
             {"word":{"enum":["fox","dog"]},"sure":{"type":"integer","minimum":3,"maximum":17}}}\
            """));

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
  void a_model_that_cannot_be_run_is_refused_at_every_door_and_holds_up_no_other()
      throws Exception {
    // Given
    Path file = folder.resolve("partless");
    ChainModel.write(file);
    String known = Files.readString(file, StandardCharsets.ISO_8859_1);
    String partless = known.replace("output_norm.weight", "output_form.weight");
    registry.offer("library/odd", "latest", partless.getBytes(StandardCharsets.ISO_8859_1));
    JsonNode named = JSON.createObjectNode().put("model", "odd");
    ask("/api/pull", named);

    for (ModelDoor door : ModelDoor.values()) {
      // When
      var refused = product.post(door.path(), door.request("odd", PROMPT, false).toString());

      // Then
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
      assertThat(refused.body()).contains("cannot load odd");
    }
    String answer = ask("/api/generate", ModelDoor.GENERATE.request(MODEL, PROMPT, false));
    assertThat(ModelDoor.GENERATE.text(answer)).isEqualTo(ANSWER);
    assertThat(product.delete("/api/delete", named.toString()).statusCode()).isEqualTo(200);
  }

  @Test
  void a_pulled_model_answers_until_it_is_deleted() throws Exception {
    // Given
    Path file = folder.resolve("offered");
    ChainModel.write(file);
    registry.offer("library/tiny", "latest", Files.readAllBytes(file));
    JsonNode named = JSON.createObjectNode().put("model", "tiny");

    // When
    String pulled = ask("/api/pull", named);
    String answer = ask("/api/generate", ModelDoor.GENERATE.request("tiny", PROMPT, false));
    int deleted = product.delete("/api/delete", named.toString()).statusCode();

    // Then
    assertThat(pulled.lines().toList().getLast()).contains("success");
    assertThat(ModelDoor.GENERATE.text(answer)).isEqualTo(ANSWER);
    assertThat(deleted).isEqualTo(200);
    assertThat(product.get("/api/tags").body()).doesNotContain("tiny");
  }

  @Test
  void a_request_that_names_no_model_gets_the_real_one() throws Exception {
    // When
    JsonNode answer =
        JSON.readTree(ask("/generate", JSON.createObjectNode().put("prompt", PROMPT)));

    // Then
    assertThat(answer.path("model").asText()).isEqualTo("chain:latest");
    assertThat(answer.path("generated").asText()).isEqualTo(ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void langchain4j_gets_its_answer(LangChain4jDoor door) {
    // Given
    RestAssured.port = product.port();

    // When
    String answer = door.chat(MODEL).chat(UserMessage.from(PROMPT)).aiMessage().text();

    // Then
    assertThat(answer).isEqualTo(ANSWER);
  }

  @Test
  void the_published_clients_find_all_they_expect() throws Exception {
    // Given
    assumeTrue(
        Files.exists(CLIENTS.resolve("installed")),
        "Run src/test/clients/install to have the clients tested");
    for (String script : List.of("check.mjs", "engine.mjs")) {
      Files.copy(
          Path.of("src/test/clients", script),
          CLIENTS.resolve(script),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Path log = CLIENTS.resolve("engine.log");
    ProcessBuilder node = new ProcessBuilder("node", "engine.mjs").directory(CLIENTS.toFile());
    node.environment().put("SUTAZAI_URL", product.uri("").toString());
    node.environment().put("SUTAZAI_MODEL", MODEL);
    node.environment().put("SUTAZAI_ANSWER", ANSWER);

    // When
    Process process = node.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(PATIENCE.toSeconds(), SECONDS);

    // Then
    process.destroyForcibly();
    String said = Files.readString(log);
    assertThat(ended && process.exitValue() == 0).as(said).isTrue();
    assertThat(said.lines().filter(line -> line.startsWith("ok "))).hasSize(15);
  }
}
