package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What tasks use of models is counted with their results. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class TaskUsageTest {
  private final FakeModelServer fake = ModelServer.fake();

  @Test
  void a_task_that_asked_a_model_is_counted_together_with_its_result() {
    // Given
    fake.reset();
    String model = "usage-" + UUID.randomUUID();
    fake.models(model);

    // When
    ask(model).body("result.cached", equalTo(false));

    // Then
    assertUsedOnce(model);
  }

  @Test
  void a_task_that_no_model_worked_for_costs_nothing() {
    // Given
    fake.reset();
    String model = "usage-" + UUID.randomUUID();
    fake.models(model);
    ask(model).body("result.cached", equalTo(false));

    // When
    ask(model)
        .body("result.cached", equalTo(true))
        .body("result.generated", equalTo("Hello world"));

    // Then
    assertUsedOnce(model);
  }

  private static ValidatableResponse ask(String model) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body(
            "{\"type\": \"inference\", \"payload\": {\"prompt\": \"hi\", \"model\": \"%s\"}}"
                .formatted(model))
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"));
  }

  private static void assertUsedOnce(String model) {
    JsonPath usage = given().get("/api/usage?group_by=model").jsonPath().param("model", model);
    String mine = "items.find { it.model == model }.";
    assertThat(usage.getLong(mine + "requests")).isEqualTo(1);
    assertThat(usage.getLong(mine + "prompt_tokens")).isEqualTo(7);
    assertThat(usage.getLong(mine + "completion_tokens")).isEqualTo(2);
    assertThat(usage.getDouble(mine + "total_ms")).isPositive();
  }
}
