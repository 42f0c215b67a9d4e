package com.sutazai.gateway;

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
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What callers see when the engine inside, or the program around it, is killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class EngineDeathIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = EngineProduct.MODEL;
  private static final String PROMPT = "the quick";

  /** More tokens than are made while the test does something else. */
  private static final int LONG = ChainModel.CONTEXT - 100;

  @TempDir static Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Product product;

  @BeforeAll
  void start() throws Exception {
    product = EngineProduct.up(folder, Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  @Test
  void a_killed_engine_breaks_its_streams_with_an_error_and_is_started_again() throws Exception {
    // Given
    ObjectNode body = ModelDoor.GENERATE.request(MODEL, ChainModel.ENDLESS, true, LONG);
    HttpRequest request =
        HttpRequest.newBuilder(product.uri("/api/generate"))
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    HttpResponse<InputStream> stream = client.send(request, BodyHandlers.ofInputStream());
    InputStream lines = stream.body();
    assertThat(lines.readNBytes(100)).hasSize(100);
    ProcessHandle killed = EngineProduct.engine(product);

    // When
    killed.destroyForcibly();
    String rest = new String(lines.readAllBytes());

    // Then
    assertThat(rest.lines().reduce("", (a, b) -> b)).contains("\"error\"");
    assertThat(rest).doesNotContain("\"done\":true");
    ObjectNode next = ModelDoor.GENERATE.request(MODEL, PROMPT, false);
    String again = product.post("/api/generate", next.toString()).body();
    assertThat(ModelDoor.GENERATE.text(again)).as(again).isEqualTo(ChainModel.after(PROMPT));
    assertThat(EngineProduct.engine(product).pid()).isNotEqualTo(killed.pid());
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
    EngineProduct.engine(product).destroyForcibly();

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
    try (Product other = EngineProduct.up(folder.resolve("other"), Map.of())) {
      await().atMost(PATIENCE).until(() -> other.get("/api/tags").body().contains("demo"));
      ProcessHandle child = EngineProduct.engine(other);

      // When
      other.kill();

      // Then
      await().atMost(PATIENCE).until(() -> !child.isAlive());
    }
  }

  @Test
  void the_demonstration_does_not_answer_for_a_real_model_that_is_missing() throws Exception {
    // Given
    var environment = Map.of("SUTAZAI_INFERENCE_MODEL", "absent");
    try (Product other = EngineProduct.up(folder.resolve("another"), environment)) {
      await().atMost(PATIENCE).until(() -> other.get("/api/tags").body().contains("chain"));

      // When
      var unnamed = other.post("/generate", "{\"prompt\":\"hi\"}");
      var named = other.post("/generate", "{\"prompt\":\"hi\",\"model\":\"demo\"}");

      // Then
      assertThat(unnamed.statusCode()).as(unnamed.body()).isGreaterThanOrEqualTo(400);
      assertThat(unnamed.body()).contains("absent");
      assertThat(named.body()).contains("demonstration model");
    }
  }
}
