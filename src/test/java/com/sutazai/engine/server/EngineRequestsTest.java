package com.sutazai.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.engine.EngineOptions;
import com.sutazai.testing.ChainModel;
import com.sutazai.testing.EngineChild;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine's process makes of requests that are sound and of those that are not. */
@SuppressWarnings("NullAway.Init")
class EngineRequestsTest {
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

  private static JsonObject ask(String field, String json) {
    JsonObject ask = new JsonObject().put("model", "chain").put("prompt", "nine");
    return ask.mergeIn(new JsonObject("{\"" + field + "\":" + json + "}"), true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"temperature\":-1}",
        "{\"temperature\":\"hot\"}",
        "{\"top_k\":-1}",
        "{\"top_k\":1.5}",
        "{\"top_p\":1.1}",
        "{\"min_p\":-0.1}",
        "{\"repeat_penalty\":0}",
        "{\"repeat_last_n\":-2}",
        "{\"num_predict\":-3}",
        "{\"mirostat\":3}",
        "{\"stop\":[1]}",
        "[]"
      })
  void options_out_of_bounds_are_refused_by_name(String options) {
    // When
    HttpResponse<String> answer = engine.post("/api/generate", ask("options", options));

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    String name = options.replaceAll("\\W*(\\w*).*", "$1");
    assertThat(new JsonObject(answer.body()).getString("error"))
        .contains(name.isEmpty() ? "options" : name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"num_ctx\":2048,\"num_batch\":8,\"num_thread\":4}",
        "{\"temperature\":0.7,\"top_k\":40,\"top_p\":0.9,\"repeat_penalty\":1.1,\"seed\":7}",
        "{\"mirostat\":1}",
        "{\"mirostat\":2,\"mirostat_tau\":3,\"mirostat_eta\":0.2}",
        "{\"min_p\":0.05,\"typical_p\":0.9,\"top_k\":0,\"repeat_last_n\":-1}",
        "{\"presence_penalty\":0.5,\"frequency_penalty\":0.5,\"seed\":-1}",
        "{\"num_predict\":-2}"
      })
  void options_of_usual_clients_are_served(String options) {
    // When
    JsonObject answer = engine.answer("/api/generate", ask("options", options));

    // Then
    assertThat(answer.getString("response")).isEqualTo(" ten birds sing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "images | [\"aGk=\"] | images",
        "context | [1,2] | context",
        "template | \"{{ .Prompt }}\" | template",
        "think | true | think",
        "think | \"high\" | think",
        "logprobs | true | logprobs",
        "top_logprobs | 3 | top_logprobs",
        "prompt | 7 | prompt",
        "stream | \"no\" | stream",
        "keep_alive | \"soon\" | keep_alive"
      })
  void fields_that_cannot_be_served_are_named(String field, String value, String named) {
    // When
    HttpResponse<String> answer = engine.post("/api/generate", ask(field, value));

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getString("error")).contains(named);
  }

  @ParameterizedTest
  @CsvSource({"think, false", "think, null", "logprobs, false", "top_logprobs, 0"})
  void what_is_not_served_may_be_switched_off(String field, String value) {
    assertThat(engine.post("/api/generate", ask(field, value)).statusCode()).isEqualTo(200);
  }

  @Test
  void a_chat_that_asks_for_thoughts_is_refused() {
    // Given
    var message = new JsonObject().put("role", "user").put("content", "nine");
    var chat = new JsonObject().put("model", "chain").put("messages", new JsonArray().add(message));

    // When
    HttpResponse<String> answer = engine.post("/api/chat", chat.put("think", true));

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("think is not served by this engine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"5m\"", "\"1h30m\"", "300", "-1", "\"-1m\"", "\"1.5s\""})
  void a_model_is_kept_for_durations_in_all_of_ollama_s_forms(String keepAlive) {
    // When
    HttpResponse<String> answer = engine.post("/api/generate", ask("keep_alive", keepAlive));

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void an_answer_in_json_is_json() {
    // Given
    var seeded = new JsonObject().put("seed", 9); // ends after 80 tokens; others fill the context

    // When
    JsonObject ask = ask("format", "\"json\"").put("prompt", "the").put("options", seeded);
    JsonObject answer = engine.answer("/api/generate", ask);

    // Then
    assertThat(answer.getString("done_reason")).isEqualTo("stop");
    assertThat(new JsonObject(answer.getString("response"))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no json", "[1]", "{\"prompt\":\"a\"}"})
  void bodies_that_say_nothing_are_refused(String body) throws Exception {
    // Given
    var request = engine.request("/api/generate").POST(BodyPublishers.ofString(body)).build();

    // When
    HttpResponse<String> answer = engine.send(request);

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void a_description_of_no_model_is_refused() {
    assertThat(engine.post("/api/show", new JsonObject()).statusCode()).isEqualTo(400);
  }

  @Test
  void what_it_does_not_know_is_not_found() {
    assertThat(engine.get("/api/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void a_library_that_cannot_be_used_is_told_and_ends_the_process() {
    // When
    EngineChild refused =
        EngineChild.start(List.of("--library=" + models.resolve("nothing.so"), "--models=x"));

    // Then
    assertThat(refused.told().getString("error")).contains("nothing.so", "no such file");
    assertThat(refused.awaitEnd()).isEqualTo(1);
  }

  @Test
  void a_library_of_something_else_is_refused() {
    // When
    EngineChild refused = EngineChild.start(List.of("--library=" + systemLibrary()));

    // Then
    assertThat(refused.told().getString("error")).contains("which build of llama.cpp");
    assertThat(refused.awaitEnd()).isEqualTo(1);
  }

  private static Path systemLibrary() {
    return Path.of(System.getProperty("java.home"), "lib", "libverify.so");
  }

  @Test
  void an_argument_that_it_does_not_know_is_told() {
    // When
    EngineChild refused = EngineChild.start(List.of("--sequence=3"));

    // Then
    assertThat(refused.told().getString("error")).contains("--sequence");
    assertThat(refused.awaitEnd()).isEqualTo(1);
  }

  @Test
  void it_ends_with_its_input() throws Exception {
    // Given
    EngineChild another = EngineChild.start(EngineOptions.defaults(models));

    // When
    another.process().getOutputStream().close();

    // Then
    assertThat(another.awaitEnd()).isZero();
  }
}
