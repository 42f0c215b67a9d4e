package com.sutazai.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.engine.EngineOptions;
import com.sutazai.testing.ChainModel;
import com.sutazai.testing.EngineChild;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's process, with a model whose words are known. */
class EngineAnswersTest {
  @TempDir private static Path models;
  private static EngineChild engine;

  @BeforeAll
  static void start() throws Exception {
    ChainModel.write(models.resolve("chain.gguf"));
    engine = EngineChild.start(EngineOptions.defaults(models));
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  private static JsonObject ask(String prompt) {
    return new JsonObject()
        .put("model", "chain")
        .put("prompt", prompt)
        .put("options", new JsonObject().put("temperature", 0));
  }

  private static JsonObject options(JsonObject ask, String name, Object value) {
    ask.getJsonObject("options").put(name, value);
    return ask;
  }

  @Test
  void says_where_it_listens_and_which_library_it_has() {
    assertThat(engine.told().getString("build")).startsWith("llama.cpp ");
    assertThat(engine.told().getString("library")).isNotBlank();
    assertThat(engine.get("/").body()).isEqualTo("Ollama is running");
  }

  @Test
  void streams_the_model_s_words_and_then_its_figures() {
    // When
    List<JsonObject> lines = engine.lines("/api/generate", ask("the quick"));

    // Then
    assertThat(lines.stream().map(line -> line.getString("response")))
        .startsWith(" brown", " fox")
        .endsWith(" sing", "");
    JsonObject last = lines.getLast();
    assertThat(last.getBoolean("done")).isTrue();
    assertThat(last.getString("done_reason")).isEqualTo("stop");
    assertThat(last.getInteger("prompt_eval_count")).isEqualTo(3); // the text's beginning counts
    assertThat(last.getInteger("eval_count")).isEqualTo(lines.size()); // so does its end
    assertThat(last.getLong("total_duration")).isPositive();
    assertThat(last.getLong("eval_duration")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16})
  void answers_at_once_are_the_same_as_alone(int count) {
    // When
    List<CompletableFuture<HttpResponse<String>>> answers =
        ChainModel.prompts(count).stream()
            .map(prompt -> engine.postLater("/api/generate", ask(prompt).put("stream", false)))
            .toList();

    // Then
    assertThat(
            answers.stream().map(each -> new JsonObject(each.join().body()).getString("response")))
        .isEqualTo(ChainModel.prompts(count).stream().map(ChainModel::after).toList());
  }

  @Test
  void an_answer_ends_at_its_limit() {
    // When
    JsonObject answer =
        engine.answer("/api/generate", options(ask(ChainModel.ENDLESS), "num_predict", 5));

    // Then
    assertThat(answer.getString("response")).isEqualTo(" tick tock tick tock tick");
    assertThat(answer.getString("done_reason")).isEqualTo("length");
    assertThat(answer.getInteger("eval_count")).isEqualTo(5);
  }

  @Test
  void a_stop_text_ends_the_answer_over_the_borders_of_tokens() {
    // When
    var ask = options(ask("one"), "stop", new JsonArray().add("five").add("ur fi"));
    JsonObject answer = engine.answer("/api/generate", ask);

    // Then
    assertThat(answer.getString("response")).isEqualTo(" two three fo");
    assertThat(answer.getString("done_reason")).isEqualTo("stop");
  }

  @Test
  void a_chat_is_written_by_the_model_s_own_template() {
    // When
    JsonObject answer =
        engine.answer(
            "/api/chat",
            new JsonObject()
                .put("model", "chain")
                .put(
                    "messages",
                    new JsonArray().add(message("system", "no")).add(message("user", "nine"))));

    // Then
    assertThat(answer.getJsonObject("message").getString("content")).isEqualTo(" ten birds sing");
    assertThat(answer.getJsonObject("message").getString("role")).isEqualTo("assistant");
  }

  private static JsonObject message(String role, String content) {
    return new JsonObject().put("role", role).put("content", content);
  }

  @Test
  void a_request_without_the_key_is_not_served() {
    // Given
    var request = engine.request("/api/ps").setHeader("Authorization", "Bearer wrong").build();

    // When
    int status = engine.send(request).statusCode();

    // Then
    assertThat(status).isEqualTo(401);
  }

  @Test
  void an_unknown_model_is_named() {
    // When
    HttpResponse<String> answer = engine.post("/api/generate", ask("the").put("model", "no"));

    // Then
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("{\"error\":\"model 'no' not found\"}");
  }
}
