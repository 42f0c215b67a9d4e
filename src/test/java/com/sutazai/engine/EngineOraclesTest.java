package com.sutazai.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sutazai.testing.ChainModel;
import com.sutazai.testing.DebianLlama;
import com.sutazai.testing.EngineChild;
import com.sutazai.testing.Slow;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The engine says the same as others that run llama.cpp, and with either build of it. */
@Slow
@SuppressWarnings("NullAway.Init")
class EngineOraclesTest {
  private static final Path NEWER = Path.of("target/engine-library").toAbsolutePath();
  private static final int TOKENS = 40;
  private static final int AT_ONCE = 16;

  @TempDir private static Path models;
  private static List<String> prompts;
  private static List<String> answers;

  @BeforeAll
  static void answer() throws Exception {
    ChainModel.write(models.resolve("chain.gguf"));
    prompts = new ArrayList<>(ChainModel.prompts(AT_ONCE - 3));
    prompts.addAll(List.of(ChainModel.ENDLESS, "Größe 漢字 😀", "one two three one"));
    try (EngineChild engine = EngineChild.start(EngineOptions.defaults(models))) {
      answers = generate(engine);
    }
  }

  @AfterAll
  static void forget() {
    answers = List.of();
  }

  static boolean newerInstalled() {
    return Files.isDirectory(NEWER);
  }

  /** All prompts at once. */
  private static List<String> generate(EngineChild engine) {
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    for (String prompt : prompts) {
      var options = new JsonObject().put("temperature", 0).put("num_predict", TOKENS);
      asked.add(
          engine.postLater(
              "/api/generate",
              new JsonObject()
                  .put("model", "chain")
                  .put("prompt", prompt)
                  .put("stream", false)
                  .put("options", options)));
    }
    return asked.stream()
        .map(each -> new JsonObject(each.join().body()).getString("response"))
        .toList();
  }

  @Test
  void the_same_library_s_own_java_api_says_the_same() throws Exception {
    // Given
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(JniOracle.class.getName(), models.resolve("chain.gguf").toString()));
    command.addAll(prompts);

    // When
    Process process =
        new ProcessBuilder(command)
            .redirectError(Path.of("target/jni-oracle.log").toFile())
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    // Then
    var said = new JsonArray(output.substring(output.lastIndexOf('\n') + 1));
    assertThat(answers).isEqualTo(said.stream().map(String::valueOf).toList());
  }

  @Test
  @EnabledIf(
      value = "com.sutazai.testing.DebianLlama#installed",
      disabledReason = "llama-server is not installed: src/test/llama/install")
  void llama_cpp_s_own_server_says_the_same() throws Exception {
    // Given
    List<String> said = new ArrayList<>();

    // When
    try (DebianLlama server = DebianLlama.start(models, "served", 4)) {
      for (String prompt : prompts) {
        JsonObject answer =
            post(
                server.url() + "/completion",
                new JsonObject()
                    .put("prompt", prompt)
                    .put("temperature", 0)
                    .put("n_predict", TOKENS));
        said.add(answer.getString("content"));
      }
    }

    // Then
    assertThat(answers).isEqualTo(said);
  }

  @Test
  @EnabledIf(
      value = "com.sutazai.testing.DebianLlama#installed",
      disabledReason = "llama-server is not installed: src/test/llama/install")
  void its_embeddings_are_those_of_llama_cpp_s_own_server() throws Exception {
    // Given
    var texts = new JsonArray().add("the quick brown fox").add("one two three");

    // When
    JsonArray theirs;
    try (DebianLlama server = DebianLlama.embedding(models, "embedded")) {
      theirs =
          post(server.url() + "/v1/embeddings", new JsonObject().put("input", texts))
              .getJsonArray("data");
    }
    JsonArray ours;
    try (EngineChild engine = EngineChild.start(EngineOptions.defaults(models))) {
      ours =
          new JsonObject(
                  engine
                      .post(
                          "/api/embed", new JsonObject().put("model", "chain").put("input", texts))
                      .body())
              .getJsonArray("embeddings");
    }

    // Then
    for (int text = 0; text < texts.size(); text++) {
      JsonArray their = theirs.getJsonObject(text).getJsonArray("embedding");
      JsonArray our = ours.getJsonArray(text);
      assertThat(our.size()).isEqualTo(their.size());
      for (int i = 0; i < our.size(); i++) {
        assertThat(our.getDouble(i)).isCloseTo(their.getDouble(i), within(1e-3));
      }
    }
  }

  @Test
  @EnabledIf(
      value = "newerInstalled",
      disabledReason =
          "the newer library is not there: deploy/engine/add-library target/engine-library")
  void the_newer_library_says_the_same() {
    // Given
    var options =
        new EngineOptions(Optional.of(NEWER), models, 8, 2048, 1, 0, Duration.ofMinutes(5), 512);

    // When
    List<String> said;
    String build;
    try (EngineChild engine = EngineChild.start(options)) {
      build = engine.told().getString("build");
      said = generate(engine);
    }

    // Then
    assertThat(build).isEqualTo("llama.cpp v0.5.0");
    assertThat(said).isEqualTo(answers);
  }

  private static JsonObject post(String url, JsonObject body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url))
              .POST(BodyPublishers.ofString(body.encode()))
              .build();
      return new JsonObject(client.send(request, BodyHandlers.ofString()).body());
    }
  }
}
