package com.sutazai.tasks.process;

import static com.sutazai.testing.FakeModelServer.say;
import static com.sutazai.testing.FakeModelServer.status;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class ProcessResourceTest {
  private final FakeModelServer fake = ModelServer.fake();

  @BeforeEach
  void serverIsWell() {
    fake.reset();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                given()
                        .contentType("application/json")
                        .body("{\"prompt\":\"well?\",\"cache\":false}")
                        .post("/generate")
                        .statusCode()
                    == 200);
    fake.reset();
  }

  @Test
  void search_and_model_answer_together() {
    String word = "w" + UUID.randomUUID().toString().replace("-", "");
    given()
        .contentType("application/json")
        .body(Map.of("type", "noop", "payload", Map.of("note", "about " + word)))
        .post("/api/tasks")
        .then()
        .statusCode(202);
    fake.next(say("It is ", "a word."));

    given()
        .queryParam("data", word)
        .get("/process")
        .then()
        .statusCode(200)
        .body("result", hasSize(1))
        .body("result[0].kind", equalTo("task"))
        .body("result[0].type", equalTo("noop"))
        .body("output", equalTo("It is a word."))
        .body("errors", equalTo(Map.of()));
    assertThat(fake.requests().getFirst().getString("prompt")).isEqualTo(word);
  }

  @Test
  void at_most_ten_are_found_and_agents_are_among_them() {
    for (int i = 0; i < 12; i++) {
      given()
          .contentType("application/json")
          .body(Map.of("type", "noop"))
          .post("/api/tasks")
          .then()
          .statusCode(202);
    }

    given()
        .queryParam("data", "noop")
        .get("/process")
        .then()
        .body("result", hasSize(lessThanOrEqualTo(10)))
        .body("result.kind", hasItem("agent"));
  }

  @Test
  void a_failing_model_leaves_what_was_found() {
    fake.otherwise(status(500, "broken"));

    given()
        .queryParam("data", "nothing has these words " + UUID.randomUUID())
        .get("/process")
        .then()
        .statusCode(200)
        .body("result", empty())
        .body("output", nullValue())
        .body("errors.output.code", equalTo("model_failed"))
        .body("errors.output.detail", containsString("broken"));
  }

  @Test
  void data_is_required() {
    given().get("/process").then().statusCode(400).body("field", equalTo("data"));
    given().queryParam("data", " ").get("/process").then().statusCode(400);
    given().queryParam("data", "x\0y").get("/process").then().statusCode(400);
    given()
        .queryParam("data", "x".repeat(10_001))
        .get("/process")
        .then()
        .statusCode(oneOf(400, 414));
  }

  @Test
  void a_task_is_left_and_done() {
    String name = UUID.randomUUID().toString();
    Map<String, Object> body =
        Map.of("task_id", name, "payload", Map.of("data", new int[] {1, 2, 3}));

    String id =
        given()
            .contentType("application/json")
            .body(body)
            .post("/process")
            .then()
            .statusCode(202)
            .body("status", equalTo("queued"))
            .body("task_id", equalTo(name))
            .body("queue_size", greaterThanOrEqualTo(0))
            .extract()
            .path("request_id");

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                given()
                    .get("/api/tasks/" + id)
                    .then()
                    .body("status", equalTo("completed"))
                    .body("type", equalTo("data_processing"))
                    .body("result.columns.value.mean", equalTo(2.0f)));
    given()
        .contentType("application/json")
        .body(body)
        .post("/process")
        .then()
        .statusCode(202)
        .body("request_id", equalTo(id));
    given()
        .contentType("application/json")
        .body(Map.of("task_id", name, "payload", Map.of("data", new int[] {4})))
        .post("/process")
        .then()
        .statusCode(422)
        .body("code", equalTo("idempotency_key_reused"));
  }

  @Test
  void a_type_that_nobody_serves_is_refused() {
    given()
        .contentType("application/json")
        .body(Map.of("type", "astrology"))
        .post("/process")
        .then()
        .statusCode(422)
        .body("code", equalTo("unknown_task_type"));
  }

  @Test
  void found_things_are_of_a_known_kind() {
    given()
        .queryParam("data", "noop")
        .get("/process")
        .then()
        .body("result.kind", everyItem(oneOf("agent", "task")));
  }
}
