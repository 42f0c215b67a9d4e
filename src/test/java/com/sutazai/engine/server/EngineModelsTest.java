package com.sutazai.engine.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.EngineProcess;
import com.sutazai.testing.ChainModel;
import com.sutazai.testing.EngineChild;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which models the engine's process has in memory, and what it does for callers that leave. */
@SuppressWarnings("NullAway.Init")
class EngineModelsTest {
  private static final int CONTEXT = ChainModel.LONG_CONTEXT;

  /** Room for one of the models with its context, and not for another one's file beside it. */
  private static final long MEMORY = 20L << 20;

  private static final int WAITING = 4;

  /** As long as the chain model's own. */
  private static final String UNKNOWN_TEMPLATE = "{{ messages | join('said') }}";

  /** Ends a hang only. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path models;
  private static EngineChild engine;

  @BeforeAll
  static void start() throws Exception {
    for (String name : List.of("one", "two")) {
      ChainModel.writeLong(models.resolve(name + ".gguf"));
    }
    Files.writeString(models.resolve("broken.gguf"), "GGUF");
    String known = Files.readString(models.resolve("one.gguf"), StandardCharsets.ISO_8859_1);
    String other = known.replace("{{ messages[-1]['content'] }}", UNKNOWN_TEMPLATE);
    Files.writeString(models.resolve("other.gguf"), other, StandardCharsets.ISO_8859_1);
    String partless = known.replace("output_norm.weight", "output_form.weight");
    Files.writeString(models.resolve("partless.gguf"), partless, StandardCharsets.ISO_8859_1);
    Files.copy(models.resolve("one.gguf"), models.resolve("large.gguf"));
    try (var large = new RandomAccessFile(models.resolve("large.gguf").toFile(), "rw")) {
      large.setLength(MEMORY + large.length());
    }
    engine =
        EngineChild.start(
            new EngineOptions(
                Optional.empty(), models, 1, CONTEXT, 1, MEMORY, Duration.ofMinutes(5), WAITING));
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  private static JsonObject ask(String model, String prompt) {
    return new JsonObject()
        .put("model", model)
        .put("prompt", prompt)
        .put("options", new JsonObject().put("temperature", 0));
  }

  /** One whose answer ends when the test leaves it. */
  private static CompletableFuture<HttpResponse<String>> askEndlessly(String model) {
    return engine.postLater("/api/generate", ask(model, ChainModel.ENDLESS));
  }

  private static List<JsonObject> statuses() {
    JsonArray models = new JsonObject(engine.get("/api/ps").body()).getJsonArray("models");
    return models.stream().map(JsonObject.class::cast).toList();
  }

  private static List<String> loaded() {
    return statuses().stream().map(each -> each.getString("name")).toList();
  }

  private static int sum(String field) {
    return statuses().stream().mapToInt(each -> each.getInteger(field)).sum();
  }

  /** Waits until nothing is left of requests whose callers have gone. */
  private static void awaitRest() {
    await().atMost(PATIENCE).until(() -> sum("running") + sum("waiting") == 0);
    engine.answer("/api/generate", ask("one", "nine")); // what ended before is given back now
  }

  @Test
  void one_that_gets_on_says_so() throws Exception {
    engine.answer("/api/generate", ask("one", "nine"));

    assertThat(engine.look()).isEqualTo(EngineProcess.LOOKS + 0);
  }

  @Test
  void a_model_makes_place_for_the_one_that_is_asked_for() {
    // Given
    engine.answer("/api/generate", ask("one", "nine"));
    assertThat(loaded()).containsExactly("one");

    // When
    JsonObject answer = engine.answer("/api/generate", ask("two", "nine"));

    // Then
    assertThat(answer.getString("response")).isEqualTo(" ten birds sing");
    assertThat(answer.getLong("load_duration")).isPositive();
    assertThat(loaded()).containsExactly("two");
  }

  @Test
  void models_that_are_loaded_at_once_take_no_more_than_they_may_together() {
    // Given
    for (String each : List.of("one", "two")) {
      engine.answer("/api/generate", ask(each, "").put("keep_alive", 0));
    }

    // When
    var one = engine.postLater("/api/generate", ask("one", "nine"));
    var two = engine.postLater("/api/generate", ask("two", "nine"));
    List<Integer> statuses = List.of(one.join().statusCode(), two.join().statusCode());

    // Then
    JsonArray models = new JsonObject(engine.get("/api/ps").body()).getJsonArray("models");
    long sum = models.stream().mapToLong(each -> ((JsonObject) each).getLong("size")).sum();
    assertThat(statuses).contains(200).isSubsetOf(200, 503);
    assertThat(sum).isLessThanOrEqualTo(MEMORY);
  }

  @Test
  void an_empty_prompt_loads_and_unloads() {
    // When
    JsonObject load = engine.answer("/api/generate", ask("one", ""));
    List<String> between = loaded();
    JsonObject unload = engine.answer("/api/generate", ask("one", "").put("keep_alive", 0));

    // Then
    assertThat(load.getString("done_reason")).isEqualTo("load");
    assertThat(between).containsExactly("one");
    assertThat(unload.getString("done_reason")).isEqualTo("unload");
    assertThat(loaded()).isEmpty();
  }

  @Test
  void a_model_is_kept_as_long_as_its_last_request_says() {
    // When
    engine.answer("/api/generate", ask("one", "nine").put("keep_alive", "20ms"));

    // Then
    await().atMost(PATIENCE).until(() -> loaded().isEmpty());
  }

  @Test
  void a_model_at_work_says_when_it_would_be_unloaded() {
    // Given
    for (String each : List.of("one", "two")) {
      engine.answer("/api/generate", ask(each, "").put("keep_alive", 0));
    }
    Instant before = Instant.now();
    var endless = ask("one", ChainModel.ENDLESS).put("keep_alive", "30m");
    var answer = engine.postLater("/api/generate", endless);

    // When
    await().atMost(PATIENCE).until(() -> sum("running") == 1);
    JsonObject status = statuses().getFirst();

    // Then
    assertThat(Instant.parse(status.getString("expires_at")))
        .isAfterOrEqualTo(before.plus(Duration.ofMinutes(30)));
    assertThat(status.getString("digest")).matches("[0-9a-f]{64}");
    assertThat(status.getJsonObject("details").getString("family")).isEqualTo("llama");
    answer.cancel(true);
    awaitRest();
  }

  @Test
  void a_caller_that_leaves_frees_the_sequence() throws Exception {
    // Given
    var request =
        engine
            .request("/api/generate")
            .POST(BodyPublishers.ofString(ask("one", ChainModel.ENDLESS).encode()))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
      assertThat(answer.body().read()).isEqualTo('{');
      assertThat(sum("running")).isEqualTo(1);

      // When
      answer.body().close();
    }

    // Then
    await().atMost(PATIENCE).until(() -> sum("running") == 0);
    assertThat(engine.answer("/api/generate", ask("one", "nine")).getString("response"))
        .isEqualTo(" ten birds sing");
  }

  @Test
  void a_file_that_takes_a_model_s_place_is_loaded_and_answers_of_before_go_on() throws Exception {
    // Given
    ChainModel.writeLong(models.resolve("changing.gguf"));
    var endless = BodyPublishers.ofString(ask("changing", ChainModel.ENDLESS).encode());
    var request = engine.request("/api/generate").POST(endless).build();
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> before = client.send(request, BodyHandlers.ofLines()).body()) {
      Iterator<String> lines = before.iterator();
      assertThat(lines.next()).contains("\"done\":false");

      // When
      ChainModel.writeLong(models.resolve("next"));
      Files.move(
          models.resolve("next"), models.resolve("changing.gguf"), StandardCopyOption.ATOMIC_MOVE);
      HttpResponse<String> now = engine.post("/api/generate", ask("changing", "nine"));
      Instant refused = Instant.now();

      // Then
      assertThat(new JsonObject(now.body()).getString("error"))
          .as("there is no room for both") // so it is another one
          .contains("other models are at work");
      JsonObject line = new JsonObject(lines.next());
      while (!Instant.parse(line.getString("created_at")).isAfter(refused)) {
        line = new JsonObject(lines.next());
      }
      assertThat(line.getString("response")).isIn(" tick", " tock");
    }
    await()
        .atMost(PATIENCE)
        .until(() -> engine.post("/api/generate", ask("changing", "nine")).statusCode() == 200);
  }

  @Test
  void a_model_that_is_deleted_while_it_answers_is_freed_after_it() throws Exception {
    // Given
    ChainModel.write(models.resolve("gone.gguf"));
    var endless = ask("gone", ChainModel.ENDLESS).put("keep_alive", -1);
    endless.getJsonObject("options").put("num_predict", 3000);
    CompletableFuture<HttpResponse<String>> answer = engine.postLater("/api/generate", endless);
    await().atMost(PATIENCE).until(() -> isMapped("gone.gguf"));

    // When
    var delete = BodyPublishers.ofString(new JsonObject().put("model", "gone").encode());
    int deleted =
        engine.send(engine.request("/api/delete").method("DELETE", delete).build()).statusCode();

    // Then
    assertThat(deleted).isEqualTo(200);
    assertThat(answer.join().body()).contains("\"done_reason\":\"length\"");
    await().atMost(PATIENCE).until(() -> !isMapped("gone.gguf"));
    assertThat(loaded()).doesNotContain("gone");
  }

  private static boolean isMapped(String file) throws Exception {
    Path maps = Path.of("/proc", String.valueOf(engine.process().pid()), "maps");
    return Files.readString(maps).contains(file);
  }

  @Test
  void more_than_may_wait_are_told_to_come_later() {
    // Given
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    asked.add(askEndlessly("one"));
    await().atMost(PATIENCE).until(() -> sum("running") == 1); // until then it waits too
    for (int i = 0; i < WAITING; i++) {
      asked.add(askEndlessly("one"));
    }
    await().atMost(PATIENCE).until(() -> sum("waiting") == WAITING);

    // When
    HttpResponse<String> refused = engine.post("/api/generate", ask("one", "nine"));

    // Then
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("server busy, please try again");
    assertThat(asked).noneMatch(CompletableFuture::isDone);
    asked.forEach(each -> each.cancel(true));
    awaitRest();
  }

  @Test
  void a_prompt_that_does_not_fit_is_refused_with_the_limit() {
    // When
    HttpResponse<String> refused = engine.post("/api/generate", ask("one", "one ".repeat(CONTEXT)));

    // Then
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains(String.valueOf(CONTEXT));
  }

  @Test
  void a_file_that_cannot_be_loaded_is_named() {
    // When
    HttpResponse<String> refused = engine.post("/api/generate", ask("broken", "nine"));

    // Then
    assertThat(refused.statusCode()).isEqualTo(501);
    assertThat(refused.body()).contains("model 'broken' cannot be run: it is no GGUF file");
    assertThat(loaded()).doesNotContain("broken");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "partless | cannot load partless.gguf",
        "large | model 'large' takes",
      })
  void a_model_that_cannot_be_run_here_is_no_failure_of_the_engine(String model, String why) {
    // When
    HttpResponse<String> refused = engine.post("/api/generate", ask(model, "nine"));

    // Then
    assertThat(refused.statusCode()).isEqualTo(501);
    assertThat(new JsonObject(refused.body()).getString("error")).contains(why);
    assertThat(loaded()).doesNotContain(model);
    assertThat(engine.answer("/api/generate", ask("one", "nine")).getString("response"))
        .isEqualTo(" ten birds sing");
  }

  @Test
  void a_description_of_a_model_that_cannot_be_run_says_so() {
    // When
    HttpResponse<String> refused =
        engine.post("/api/show", new JsonObject().put("model", "broken"));

    // Then
    assertThat(refused.statusCode()).isEqualTo(501);
    assertThat(refused.body()).contains("model 'broken' cannot be run: it is no GGUF file");
  }

  @Test
  void a_chat_whose_template_is_not_known_is_refused_and_not_guessed() {
    // Given
    var message = new JsonObject().put("role", "user").put("content", "nine");
    var chat = new JsonObject().put("model", "other").put("messages", new JsonArray().add(message));

    // When
    HttpResponse<String> refused = engine.post("/api/chat", chat);

    // Then
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(refused.body()).getString("error"))
        .contains(UNKNOWN_TEMPLATE, "raw: true");
    JsonObject raw = engine.answer("/api/generate", ask("other", "nine").put("raw", true));
    assertThat(raw.getString("response")).isEqualTo(" ten birds sing");
  }

  @Test
  void embeddings_come_in_the_order_of_their_texts() {
    // When
    JsonObject answer =
        new JsonObject(
            engine
                .post(
                    "/api/embed",
                    new JsonObject()
                        .put("model", "one")
                        .put("input", new JsonArray().add("one two").add("lazy dog")))
                .body());
    JsonArray alone =
        new JsonObject(
                engine
                    .post(
                        "/api/embed", new JsonObject().put("model", "one").put("input", "lazy dog"))
                    .body())
            .getJsonArray("embeddings");

    // Then
    JsonArray both = answer.getJsonArray("embeddings");
    assertThat(both.getJsonArray(0).size()).isEqualTo(512);
    assertThat(cosine(both.getJsonArray(1), alone.getJsonArray(0))).isGreaterThan(0.9999);
    assertThat(cosine(both.getJsonArray(0), alone.getJsonArray(0))).isLessThan(0.9);
    assertThat(answer.getInteger("prompt_eval_count")).isEqualTo(6);
  }

  @Test
  void as_many_embeddings_as_may_be_asked_for_are_sent() {
    // Given
    JsonArray many = new JsonArray(Collections.nCopies(4096, "one"));

    // When
    HttpResponse<String> answer =
        engine.post("/api/embed", new JsonObject().put("model", "one").put("input", many));

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).getJsonArray("embeddings").size()).isEqualTo(4096);
  }

  private static double cosine(JsonArray one, JsonArray other) {
    double sum = 0;
    for (int i = 0; i < one.size(); i++) {
      sum += one.getDouble(i) * other.getDouble(i);
    }
    return sum;
  }
}
