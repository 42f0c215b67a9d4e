package com.sutazai.agents;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/agents.md shows is what happens. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class AgentsDocumentTest {
  private static final Set<String> OF_TESTS =
      Set.of("step_by_step", "count_words", "relay", "needy");

  private final BuiltInAgents agents;
  private final ObjectMapper json;
  private final String document = read("docs/agents.md");

  AgentsDocumentTest(BuiltInAgents agents, ObjectMapper json) {
    this.agents = agents;
    this.json = json;
  }

  private static String read(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String block(String title) {
    Matcher matcher =
        Pattern.compile("```" + title + "\\n(.*?)\\n```", Pattern.DOTALL).matcher(document);
    assertThat(matcher.find()).as(title).isTrue();
    return matcher.group(1);
  }

  private static ValidatableResponse submit(String task) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body(task)
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"));
  }

  @Test
  void an_agent_of_ones_own_runs_as_it_is_shown() {
    // Given
    FakeModelServer fake = ModelServer.fake();
    fake.reset();
    String agent =
        given()
            .contentType("application/json")
            .body(block("json own-agent"))
            .post("/api/agents")
            .then()
            .statusCode(201)
            .extract()
            .path("id");

    // When
    submit(block("json own-task"))
        .body("agent", equalTo("ticket-summariser"))
        .body("result.generated", equalTo("Hello world"));

    // Then
    assertThat(fake.requests().getLast().getString("prompt")).isEqualTo(block("text own-prompt"));
    given().delete("/api/agents/" + agent).then().statusCode(204);
  }

  @Test
  void a_text_is_analysed_as_it_is_shown() throws IOException {
    String task = submit(block("json text-task")).extract().asString();

    JsonNode result = json.readTree(task).get("result");
    assertThat(result).isEqualTo(json.readTree(block("json text-result")));
  }

  @Test
  void the_agent_in_code_is_one_that_is_tested() {
    assertThat(read("src/test/java/com/sutazai/agents/WordCountAgent.java"))
        .contains(block("java"));
  }

  @Test
  void every_task_type_that_callers_can_submit_is_told() {
    List<String> untold =
        agents.taskTypes().stream()
            .filter(type -> !agents.isReserved(type) && !OF_TESTS.contains(type))
            .filter(type -> !document.contains("`" + type + "`"))
            .sorted()
            .toList();

    assertThat(untold).isEmpty();
  }
}
