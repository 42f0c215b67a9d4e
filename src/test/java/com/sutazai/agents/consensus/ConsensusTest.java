package com.sutazai.agents.consensus;

import static com.sutazai.testing.FakeModelServer.say;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks of type {@code consensus}: every vote is an answer that a model gave. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class ConsensusTest {
  private final FakeModelServer fake = ModelServer.fake();
  private final String model = "votes-" + UUID.randomUUID();

  @BeforeEach
  void modelIsThere() {
    fake.reset();
    fake.models(model, "second-" + model);
    given().get("/api/models").then().statusCode(200);
  }

  /** {@code 'm'} stands for the model. */
  private ValidatableResponse ask(String payload) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body(
            ("{'type':'consensus','payload':" + payload + "}")
                .replace("'m'", "'" + model + "'")
                .replace("'m2'", "'second-" + model + "'")
                .replace('\'', '"'))
        .post("/api/tasks")
        .then()
        .statusCode(200);
  }

  @Test
  void samples_of_one_prompt_are_calls_of_their_own_and_counted_as_such() {
    // Given
    fake.next(say("Bern"), say(" be", "rn."), say("Basel"));

    // When
    var answer = ask("{'prompt':'Capital?','models':['m']}");

    // Then
    answer
        .body("status", equalTo("completed"))
        .body("agent", equalTo("multi-agent-coordinator"))
        .body("result.asked", equalTo(3))
        .body("result.answered", equalTo(3))
        .body("result.agreement", equalTo(2 / 3f))
        .body("result.votes.votes", equalTo(java.util.List.of(2, 1)))
        .body("result.votes[0].answers", hasSize(2))
        .body("result.answers.model", everyItem(equalTo(model)))
        .body("result.answers.cached", everyItem(equalTo(false)))
        .body("result.answers.timings.total_ms", everyItem(notNullValue()))
        .body("result.failures", hasSize(0));
    assertThat(Votes.normalised(answer.extract().path("result.winner"))).isEqualTo("bern");
    assertThat(fake.requests()).hasSize(3);
    JsonPath usage = given().get("/api/usage?group_by=model").jsonPath().param("model", model);
    assertThat(usage.getLong("items.find { it.model == model }.requests")).isEqualTo(3);
  }

  @Test
  void the_same_question_again_is_asked_again() {
    ask("{'prompt':'Again?','models':['m'],'samples':2}").body("status", equalTo("completed"));
    ask("{'prompt':'Again?','models':['m'],'samples':2}")
        .body("result.answers.cached", everyItem(equalTo(false)));
    assertThat(fake.requests()).hasSize(4);
  }

  @Test
  void a_tie_has_no_winner() {
    fake.next(say("yes"), say("no"));
    ask("{'prompts':['Is it?','Is it so?'],'models':['m']}")
        .body("result.winner", nullValue())
        .body("result.agreement", equalTo(0.5f))
        .body("result.answers.prompt", equalTo(java.util.List.of(0, 1)));
  }

  @Test
  void several_models_vote_and_those_that_fail_are_listed_and_have_no_vote() {
    ask("{'prompt':'Who?','models':['m','m2','not-here']}")
        .body("status", equalTo("completed"))
        .body("result.asked", equalTo(3))
        .body("result.answered", equalTo(2))
        .body("result.winner", equalTo("Hello world"))
        .body("result.agreement", equalTo(1f))
        .body("result.failures", hasSize(1))
        .body("result.failures[0].model", equalTo("not-here"))
        .body("result.failures[0].code", equalTo("model_not_found"));
  }

  @Test
  void without_any_answer_the_task_has_failed() {
    ask("{'prompt':'Who?','models':['not-here','nor-here']}")
        .body("status", equalTo("failed"))
        .body("result", nullValue())
        .body("error.code", equalTo("model_not_found"))
        .body("error.detail", containsString("None of 2 calls was answered"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|payload.prompt is required",
        "{'prompt':'a','prompts':['b']}|payload.prompt is required",
        "{'prompt':7}|payload.prompt must be a text",
        "{'prompts':[]}|payload.prompts must be an array of 1 to 16 texts",
        "{'prompt':'a','models':'m'}|payload.models must be an array of 1 to 16 texts",
        "{'prompt':'a','samples':17}|payload.samples must be between 1 and 16",
        "{'prompt':'a','samples':1.5}|payload.samples must be a whole number",
        "{'prompt':'a','samples':4294967297}|payload.samples must be a whole number",
        "{'prompts':['a','b','c'],'models':['m','m2'],'samples':3}|payload asks 18 times",
        "{'prompt':'a','normalise':'yes'}|payload.normalise must be true or false",
        "{'prompt':'a','options':{'heat':1}}|options.heat is not a known option",
        "{'prompt':'a','voters':3}|payload has an unknown field",
      })
  void a_bad_payload_fails_the_task_with_the_field_and_the_rule(String payload, String detail) {
    ask(payload)
        .body("status", equalTo("failed"))
        .body("dead", equalTo(false))
        .body("error.code", equalTo("invalid_request"))
        .body("error.detail", containsString(detail));
    assertThat(fake.requests()).isEmpty();
  }
}
