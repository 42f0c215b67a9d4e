package com.sutazai.agents.model;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.platform.caller.Allowed;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class ModelAgentTest {
  private final FakeModelServer fake = ModelServer.fake();
  private final BuiltInAgents agents;
  private final PullModelTask pull;
  private final LoadModelTask load;

  ModelAgentTest(BuiltInAgents agents, PullModelTask pull, LoadModelTask load) {
    this.load = load;
    this.agents = agents;
    this.pull = pull;
  }

  @BeforeEach
  void modelServerIsWell() {
    fake.reset();
  }

  private static ValidatableResponse run(String type, String payload) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\": \"%s\", \"max_retries\": 0, \"payload\": %s}".formatted(type, payload))
        .post("/api/tasks")
        .then()
        .statusCode(200);
  }

  private static ValidatableResponse completed(String type, String payload) {
    return run(type, payload)
        .body("error", nullValue())
        .body("status", equalTo("completed"))
        .body("agent", equalTo("ollama-integration-specialist"));
  }

  @Test
  void a_conversation_is_gone_on_with() {
    completed(
            "chat",
            """
            {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
             "model": "tinyllama", "options": {"seed": 7}, "cache": false}
            """)
        .body("result.message.role", equalTo("assistant"))
        .body("result.message.content", equalTo("Hello world"))
        .body("result.cached", equalTo(false))
        .body("result.usage.completion_tokens", equalTo(2));

    JsonObject asked = fake.requests().getLast();
    assertThat(asked.getJsonArray("messages").getJsonObject(1).getString("content"))
        .isEqualTo("hi");
    assertThat(asked.getJsonObject("options").getInteger("seed")).isEqualTo(7);
  }

  @Test
  void a_conversation_that_was_answered_before_is_answered_from_what_is_kept() {
    String payload =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"" + UUID.randomUUID() + "\"}]}";
    completed("chat", payload).body("result.cached", equalTo(false));

    completed("chat", payload)
        .body("result.cached", equalTo(true))
        .body("result.message.content", equalTo("Hello world"));
  }

  @Test
  void texts_are_embedded_in_their_order() {
    completed("embeddings", "{\"input\": [\"a\", \"abc\"], \"model\": \"tinyllama\"}")
        .body("result.dimensions", equalTo(3))
        .body(
            "result.embeddings",
            equalTo(List.of(List.of(1, 0.5f, -0.25f), List.of(3, 0.5f, -0.25f))));
    completed("embeddings", "{\"input\": \"abcd\"}")
        .body("result.embeddings", equalTo(List.of(List.of(4, 0.5f, -0.25f))));
  }

  @Test
  void models_are_listed_with_their_servers() {
    fake.models("tinyllama:latest", "other:1b");
    completed("list_models", "{}")
        .body("result.models.name", hasItem("other:1b"))
        .body("result.models.find { it.name == 'other:1b' }.backends", equalTo(List.of("ollama")));
  }

  @Test
  void a_model_is_pulled_and_there_from_then_on() {
    // Given
    String name = "pulled-" + UUID.randomUUID();

    // When
    String id =
        completed("pull_model", "{\"name\": \"" + name + "\"}")
            .body("result.name", equalTo(name))
            .body("result.backends[0].name", equalTo("ollama"))
            .body("result.backends[0].bytes", equalTo(10))
            .extract()
            .path("id");

    // Then
    assertThat(id).isNotNull();
    completed(
        "chat",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"model\": \"" + name + "\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"preload_model", "unload_model"})
  void a_key_of_some_models_loads_no_other(String type) {
    // Given
    Caller few = Caller.LOCAL.allowing(new Allowed(Set.of("tinyllama"), Set.of()));
    JsonNode payload = JsonNodeFactory.instance.objectNode().put("name", "other");
    var call =
        new AgentCall(UUID.randomUUID(), few, type, payload, 1, null, (fraction, message) -> {});

    // When, then
    assertThatThrownBy(() -> load.run(call))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
  }

  @Test
  void a_pull_tells_how_far_it_is() throws Exception {
    // Given
    List<String> said = new ArrayList<>();
    JsonNode payload = JsonNodeFactory.instance.objectNode().put("name", "told");

    // When
    pull.run(
        new AgentCall(
            UUID.randomUUID(),
            Caller.LOCAL_OWNER,
            "pull_model",
            payload,
            1,
            (fraction, message) -> said.add(fraction + " " + message)));

    // Then
    assertThat(said)
        .containsExactly(
            "null ollama: pulling manifest",
            "1.0 ollama: pulling, 0 of 0 MB",
            "1.0 ollama: success, 0 of 0 MB");
  }

  @Test
  void a_pull_that_fails_says_why() {
    fake.next(
        FakeModelServer.lines(
            "{\"status\":\"pulling manifest\"}", "{\"error\":\"no space left\"}"));
    run("pull_model", "{\"name\": \"big\"}")
        .body("status", equalTo("failed"))
        .body("error.code", equalTo("model_failed"))
        .body("error.detail", equalTo("ollama could not pull the model: no space left"));

    fake.next(FakeModelServer.lines("{\"status\":\"pulling manifest\"}"));
    run("pull_model", "{\"name\": \"big\"}")
        .body("error.detail", equalTo("ollama stopped before it had the model."));
  }

  @Test
  void only_admins_may_change_the_servers_for_all_or_keep_them_busy() {
    assertThat(agents.isForAdmins("pull_model")).isTrue();
    assertThat(agents.isForAdmins("profile_model")).isTrue();
    assertThat(agents.isForAdmins("preload_model")).isFalse();
  }

  @Test
  void a_model_is_loaded_and_unloaded() {
    fake.models("loads");
    completed("preload_model", "{\"name\": \"loads\", \"keep_alive_seconds\": 60}")
        .body("result.backends[0].name", equalTo("ollama"));
    assertThat(fake.requests().getLast().getInteger("keep_alive")).isEqualTo(60);

    completed("unload_model", "{\"name\": \"loads\"}");
    assertThat(fake.requests().getLast().getInteger("keep_alive")).isZero();
  }

  @Test
  void a_model_is_measured() {
    completed("profile_model", "{\"name\": \"tinyllama\", \"refresh\": true}")
        .body("result.first.total_ms", greaterThan(0f))
        .body("result.levels.in_flight", hasItem(4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "inference|{}|prompt is required and must not be blank",
        "inference|{\"prompt\": \"a\", \"promt\": 1}|payload.promt is not a known field of inference",
        "inference|{\"prompt\": \"a\", \"options\": {\"heat\": 1}}|payload.options.heat is not a known option",
        "inference|7|payload must be a JSON object",
        "chat|{}|payload.messages must be an array of 1 to 1000 messages",
        "chat|{\"messages\": []}|payload.messages must be an array of 1 to 1000 messages",
        "chat|{\"messages\": [\"hi\"]}|payload.messages[0] must be an object with role and content",
        "chat|{\"messages\": [{\"role\": \"me\", \"content\": \"a\"}]}|payload.messages[0].role must be one of system, user, assistant, tool",
        "chat|{\"messages\": [{\"role\": \"user\"}]}|payload.messages[0].content must be a text",
        "chat|{\"messages\": [{\"role\": \"user\", \"content\": \"a\", \"x\": 1}]}|payload.messages[0].x is not a known field",
        "chat|{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"cache\": 1}|payload.cache must be true or false",
        "chat|{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"options\": {\"num_ctx\": 1}}|payload.options.num_ctx cannot be set by a request",
        "embeddings|{}|payload.input must be a text, or an array of 1 to 500 texts",
        "embeddings|{\"input\": [\"a\", 7]}|payload.input[1] must be a text",
        "embeddings|{\"input\": [\"\"]}|payload.input[0] is required and must not be blank",
        "embeddings|{\"input\": \"a\", \"model\": \"a b\"}|payload.model must be a model's name",
        "list_models|{\"name\": \"a\"}|payload.name is not a known field of list_models; known are []",
        "pull_model|{}|payload.name is required",
        "pull_model|{\"name\": \"../etc/passwd \"}|payload.name must be a model's name",
        "preload_model|{\"name\": \"tinyllama\", \"keep_alive_seconds\": 0}|payload.keep_alive_seconds must be a whole number between 1 and",
        "unload_model|{\"name\": \"tinyllama\", \"keep_alive_seconds\": 1}|payload.keep_alive_seconds is not a known field of unload_model",
        "preload_model|{\"name\": \"absent\"}|Model absent is not installed",
        "profile_model|{\"refresh\": \"yes\"}|payload.refresh must be true or false",
        "profile_model|{\"name\": [\"a\"]}|payload.name must be a text",
      })
  void what_is_wrong_with_a_payload_is_named(String type, String payload, String detail) {
    run(type, payload)
        .body("status", equalTo("failed"))
        .body("error.detail", containsString(detail));
  }
}
