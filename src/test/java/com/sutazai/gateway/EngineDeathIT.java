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

/** What callers see when the engine inside is killed or stands still, or the program is killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class EngineDeathIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = EngineProduct.MODEL;

  /** Shorter than callers wait for a token. */
  private static final Duration STALL = Duration.ofSeconds(10);

  private static final String PROMPT = "the quick";

  /** More tokens than are made while the test does something else. */
  private static final int LONG = ChainModel.LONG_CONTEXT - 100;

  /** Tokens of an answer that is waited for. */
  private static final int FINITE = 4_000;

  @TempDir static Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Product product;

  @BeforeAll
  void start() throws Exception {
    product =
        EngineProduct.up(
            folder,
            Map.of(
                "SUTAZAI_INFERENCE_ENGINE_STALL_TIMEOUT",
                STALL.toSeconds() + "s",
                "SUTAZAI_INFERENCE_ENGINE_CONTEXT",
                String.valueOf(ChainModel.LONG_CONTEXT),
                "SUTAZAI_INFERENCE_ENGINE_SEQUENCES",
                "2"));
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
    InputStream lines = stream();
    ProcessHandle killed = EngineProduct.engine(product);

    // When
    killed.destroyForcibly();

    // Then
    assertBrokenAndStartedAgain(lines, killed);
    assertThat(product.get("/metrics").body()).contains("model_engine_starts_total");
  }

  @Test
  void an_engine_that_stands_still_breaks_its_streams_and_is_started_again() throws Exception {
    // Given
    InputStream lines = stream();
    ProcessHandle stopped = EngineProduct.engine(product);

    // When
    stop(stopped);

    // Then
    assertBrokenAndStartedAgain(lines, stopped);
  }

  /** One that has begun and is far from its end. */
  private InputStream stream() throws Exception {
    ObjectNode body = ModelDoor.GENERATE.request(MODEL, ChainModel.ENDLESS, true, LONG);
    HttpRequest request =
        HttpRequest.newBuilder(product.uri("/api/generate"))
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    HttpResponse<InputStream> stream = client.send(request, BodyHandlers.ofInputStream());
    InputStream lines = stream.body();
    assertThat(lines.readNBytes(100)).hasSize(100);
    return lines;
  }

  private void assertBrokenAndStartedAgain(InputStream lines, ProcessHandle ended)
      throws Exception {
    String rest = new String(lines.readAllBytes());
    assertThat(rest.lines().reduce("", (a, b) -> b)).contains("\"error\"");
    assertThat(rest).doesNotContain("\"done\":true");
    await().atMost(PATIENCE).until(() -> !ended.isAlive());
    ObjectNode next = ModelDoor.GENERATE.request(MODEL, PROMPT, false);
    String again = product.post("/api/generate", next.toString()).body();
    assertThat(ModelDoor.GENERATE.text(again)).as(again).isEqualTo(ChainModel.after(PROMPT));
    assertThat(EngineProduct.engine(product).pid()).isNotEqualTo(ended.pid());
  }

  private static void stop(ProcessHandle process) throws Exception {
    new ProcessBuilder("kill", "-STOP", String.valueOf(process.pid())).start().waitFor();
  }

  @Test
  void a_task_whose_engine_is_killed_finishes() throws Exception {
    // Given
    String path = task(FINITE);

    // When
    EngineProduct.engine(product).destroyForcibly();

    // Then
    assertCompleted(path);
  }

  @Test
  void a_task_whose_engine_stands_still_finishes() throws Exception {
    // Given
    String path = task(FINITE + 1); // another one, which no answer of before is kept for

    // When
    stop(EngineProduct.engine(product));

    // Then
    assertCompleted(path);
  }

  private void assertCompleted(String path) {
    await()
        .atMost(PATIENCE.multipliedBy(5))
        .untilAsserted(() -> assertThat(status(path)).isEqualTo("completed"));
  }

  /** One whose answer is being made, or on a quick machine is there already. */
  private String task(int tokens) throws Exception {
    ObjectNode task = JSON.createObjectNode().put("type", "inference");
    task.putObject("payload")
        .put("prompt", ChainModel.ENDLESS)
        .put("model", MODEL)
        .putObject("options")
        .put("num_predict", tokens);
    JsonNode accepted = JSON.readTree(product.post("/api/tasks", task.toString()).body());
    String path = "/api/tasks/" + accepted.path("id").asText();
    await().atMost(PATIENCE).until(() -> !status(path).equals("pending") && isLoaded());
    return path;
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
