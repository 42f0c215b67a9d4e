package com.sutazai.agents;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class PromptAgentTest {
  private static final String CONFIG =
      """
      {"template": "Sum up for {{reader.name}}: {{text}}", "model": "tinyllama", "system": "Be brief.",
       "options": {"temperature": 0.1}}
      """;

  private final FakeModelServer fake = ModelServer.fake();
  private final PromptAgents agents;
  private final MeterRegistry registry;

  PromptAgentTest(PromptAgents agents, MeterRegistry registry) {
    this.agents = agents;
    this.registry = registry;
  }

  @BeforeEach
  void modelServerIsWell() {
    fake.reset();
  }

  private static RequestSpecification json(String body) {
    return given().contentType("application/json").body(body);
  }

  private static String name() {
    return "prompt-" + UUID.randomUUID();
  }

  private static ValidatableResponse create(String name, String capability, String config) {
    return json("{\"name\": \"%s\", \"type\": \"prompt\", \"capabilities\": [\"%s\"], \"config\": %s}"
            .formatted(name, capability, config))
        .post("/api/agents")
        .then();
  }

  private static String created(String name, String capability) {
    return create(name, capability, CONFIG).statusCode(201).extract().path("id");
  }

  private static ValidatableResponse submit(String task) {
    return json(task).header("Prefer", "wait=60").post("/api/tasks").then();
  }

  private static String task(String agent, String payload) {
    return "{\"type\": \"prompt\", \"agent_id\": \"%s\", \"payload\": %s}"
        .formatted(agent, payload);
  }

  @Test
  void no_worker_takes_its_name_or_its_type() {
    // Given
    String name = name();
    String id = created(name, name);

    // When, then
    json("{\"agent_name\":\"%s\",\"agent_type\":\"anything\"}".formatted(name))
        .post("/api/agents/register")
        .then()
        .statusCode(409)
        .body("code", equalTo("conflict"));
    json("{\"agent_name\":\"%s\",\"agent_type\":\"prompt\"}".formatted(name()))
        .post("/api/agents/register")
        .then()
        .statusCode(400)
        .body("field", equalTo("agent_type"));
    given().get("/api/agents/" + id).then().body("type", equalTo("prompt"));
  }

  @Test
  void its_template_is_filled_and_its_model_asked() {
    // Given
    String name = name();
    String agent = created(name, "summary");

    // When
    submit(task(agent, "{\"reader\": {\"name\": \"Ada\"}, \"text\": \"" + name + "\"}"))
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("agent", equalTo(name))
        .body("agent_id", equalTo(agent))
        .body("result.generated", equalTo("Hello world"))
        .body("result.usage.prompt_tokens", equalTo(7));

    // Then
    JsonObject asked = fake.requests().getLast();
    assertThat(asked.getString("prompt")).isEqualTo("Sum up for Ada: " + name);
    assertThat(asked.getString("system")).isEqualTo("Be brief.");
    assertThat(asked.getString("model")).startsWith("tinyllama");
    assertThat(asked.getJsonObject("options").getDouble("temperature")).isEqualTo(0.1);
  }

  @Test
  void what_it_used_of_the_model_is_counted_once() {
    // Given
    String model = "prompt-usage-" + UUID.randomUUID();
    fake.models(model);
    String agent =
        create(name(), "x", "{\"template\": \"{{a}}\", \"model\": \"" + model + "\"}")
            .statusCode(201)
            .extract()
            .path("id");

    // When
    submit(task(agent, "{\"a\": 1}")).body("status", equalTo("completed"));

    // Then
    given()
        .get("/api/usage?group_by=model")
        .then()
        .body("items.find { it.model == '" + model + "' }.requests", equalTo(1));
  }

  @Test
  void without_an_id_an_active_one_with_the_capabilities_is_taken() {
    // Given
    String capability = "capability-" + UUID.randomUUID();
    String agent = created(name(), capability);
    json("{\"status\": \"inactive\"}")
        .patch("/api/agents/" + created(name(), capability))
        .then()
        .statusCode(200);

    // When, then
    submit(
            "{\"type\": \"prompt\", \"required_capabilities\": [\"%s\"], \"payload\": {\"reader\": {\"name\": \"Ada\"}, \"text\": \"t\"}}"
                .formatted(capability))
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("agent_id", equalTo(agent));
  }

  @Test
  void a_missing_value_fails_the_task_at_once_and_is_named() {
    String name = name();
    submit(task(created(name, "summary"), "{\"reader\": {}, \"text\": \"t\"}"))
        .body("status", equalTo("failed"))
        .body("attempt", equalTo(1))
        .body("agent", equalTo(name))
        .body("error.code", equalTo("invalid_payload"))
        .body(
            "error.detail",
            equalTo(
                "payload does not fill the template of agent "
                    + name
                    + ": there is no value at reader.name"));
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void a_change_of_the_template_counts_from_the_next_task_on() {
    // Given
    String agent = created(name(), "summary");
    String payload = "{\"reader\": {\"name\": \"Ada\"}, \"text\": \"" + agent + "\"}";
    submit(task(agent, payload)).body("status", equalTo("completed"));

    // When
    json("{\"config\": {\"template\": \"Now: {{text}}\"}}")
        .patch("/api/agents/" + agent)
        .then()
        .statusCode(200);
    submit(task(agent, payload)).body("status", equalTo("completed"));

    // Then
    assertThat(fake.requests().getLast().getString("prompt")).isEqualTo("Now: " + agent);
  }

  @Test
  void a_task_asks_the_database_for_its_agent_no_more_than_once() {
    // Given
    String agent = created(name(), "summary");
    String payload = "{\"reader\": {\"name\": \"Ada\"}, \"text\": \"t\"}";
    submit(task(agent, payload)).body("status", equalTo("completed"));
    long before = queries("agents.find");

    // When
    for (int i = 0; i < 5; i++) {
      submit(task(agent, payload)).body("status", equalTo("completed"));
    }

    // Then
    assertThat(queries("agents.find") - before).isZero();
  }

  private long queries(String statement) {
    Timer timer =
        registry.find(MetricNames.DATABASE_QUERY_DURATION).tag("statement", statement).timer();
    return timer == null ? 0 : timer.count();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|config.template|is required",
        "{\"template\": \"\"}|config.template|is required",
        "{\"template\": 7}|config.template|must be a text",
        "{\"template\": \"a {{b\"}|config.template|has {{ without }} at character 3",
        "{\"template\": \"a b}}\"}|config.template|has }} without {{ at character 4",
        "{\"template\": \"{{}}\"}|config.template|has no path",
        "{\"template\": \"{{a + b}}\"}|config.template|has no path",
        "{\"template\": \"a\", \"templat\": \"b\"}|config.templat|is not a known field",
        "{\"template\": \"a\", \"model\": \"no model\"}|config.model|must be a model's name",
        "{\"template\": \"a\", \"model\": {}}|config.model|must be a text",
        "{\"template\": \"a\", \"system\": [1]}|config.system|must be a text",
        "{\"template\": \"a\", \"system\": \" \"}|config.system|is required and must not be blank",
        "{\"template\": \"a\", \"options\": {\"heat\": 1}}|config.options.heat|is not a known option",
        "{\"template\": \"a\", \"options\": {\"temperature\": 99}}|config.options.temperature|must be a number between",
        "{\"template\": \"a\", \"options\": {\"num_ctx\": 1}}|config.options.num_ctx|cannot be set by a request",
        "{\"template\": \"a\", \"options\": 7}|config.options|must be a JSON object",
      })
  void a_config_that_cannot_run_is_refused(String config, String field, String rule) {
    create(name(), "x", config)
        .statusCode(400)
        .body("code", equalTo("invalid_request"))
        .body("field", equalTo(field))
        .body("detail", containsString(field + " " + rule));
  }

  @Test
  void a_template_that_is_too_long_is_refused() {
    create(name(), "x", "{\"template\": \"" + "x".repeat(65_537) + "\"}")
        .statusCode(400)
        .body("detail", equalTo("config.template must have at most 65536 characters, has 65537"));
  }

  @Test
  void a_patch_is_checked_like_a_new_one() {
    String agent = created(name(), "summary");
    json("{\"config\": {\"template\": null}}")
        .patch("/api/agents/" + agent)
        .then()
        .statusCode(400)
        .body("field", equalTo("config.template"));
    String other =
        json("{\"name\": \"" + name() + "\", \"type\": \"other\"}")
            .post("/api/agents")
            .then()
            .statusCode(201)
            .extract()
            .path("id");
    json("{\"type\": \"prompt\"}")
        .patch("/api/agents/" + other)
        .then()
        .statusCode(400)
        .body("field", equalTo("config.template"));
  }

  @Test
  void a_task_needs_an_agent_that_can_run_it() {
    submit("{\"type\": \"prompt\"}").statusCode(400).body("field", equalTo("agent_id"));
    submit("{\"type\": \"prompt\", \"agent_id\": \"x\"}").statusCode(404);
    submit(task(UUID.randomUUID().toString(), "{}")).statusCode(404);
    submit("{\"type\": \"prompt\", \"required_capabilities\": [\"" + UUID.randomUUID() + "\"]}")
        .statusCode(422)
        .body("code", equalTo("no_capable_agent"));
    String other =
        json("{\"name\": \"" + name() + "\", \"type\": \"other\"}")
            .post("/api/agents")
            .then()
            .extract()
            .path("id");
    submit(task(other, "{}")).statusCode(422).body("detail", containsString("is of type other"));
    String agent = created(name(), "summary");
    submit(
            "{\"type\": \"prompt\", \"agent_id\": \"%s\", \"required_capabilities\": [\"y\"]}"
                .formatted(agent))
        .statusCode(422)
        .body("detail", containsString("lacks one of [y]"));
    json("{\"status\": \"inactive\"}").patch("/api/agents/" + agent).then().statusCode(200);
    submit(task(agent, "{}")).statusCode(422).body("detail", containsString("is inactive"));
    submit("{\"type\": \"noop\", \"agent_id\": \"" + agent + "\"}")
        .statusCode(422)
        .body("code", equalTo("no_capable_agent"));
  }

  @Test
  void an_agent_of_another_owner_is_not_there() {
    // Given
    String capability = "capability-" + UUID.randomUUID();
    UUID agent = UUID.fromString(created(name(), capability));
    Caller other = Caller.of(UUID.randomUUID());

    // When, then
    assertThatThrownBy(() -> agents.choose(other, "", agent, List.of()))
        .isInstanceOf(ProblemException.class)
        .hasMessage("There is no agent " + agent);
    assertThatThrownBy(() -> agents.choose(other, "", null, List.of(capability)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("No active agent of type prompt");
    assertThat(agents.choose(Caller.LOCAL, "", null, List.of(capability)).id()).isEqualTo(agent);
  }

  @Test
  void it_can_be_deleted_when_its_tasks_have_ended() {
    String agent = created(name(), "summary");
    submit(task(agent, "{\"reader\": {\"name\": \"Ada\"}, \"text\": \"t\"}"))
        .body("status", equalTo("completed"));

    given().delete("/api/agents/" + agent).then().statusCode(204);
  }
}
