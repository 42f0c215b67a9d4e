package com.sutazai.agents;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An annotated class is an agent. */
@QuarkusTest
class DeclaredAgentTest {
  @Test
  void it_is_listed_with_what_its_annotation_says() {
    given()
        .get("/api/agents?q=word-counter")
        .then()
        .body("items[0].name", equalTo("word-counter"))
        .body("items[0].type", equalTo("text"))
        .body("items[0].built_in", equalTo(true))
        .body("items[0].capabilities", equalTo(List.of("text", "counting")))
        .body(
            "items[0].load.limit",
            equalTo(Math.max(2, Runtime.getRuntime().availableProcessors())));
    given().get("/api/agents?q=noop").then().body("items[0].load.limit", equalTo(1000));
  }

  @Test
  void it_runs_its_tasks() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\": \"count_words\", \"payload\": {\"text\": \"one two three\"}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("agent", equalTo("word-counter"))
        .body("result.words", equalTo(3));
  }

  @Test
  void what_its_payload_lacks_is_named() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\": \"count_words\", \"max_retries\": 3, \"payload\": {\"words\": 1}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("failed"))
        .body("attempt", equalTo(1))
        .body(
            "error.detail",
            equalTo("payload.words is not a known field of count_words; known are [text]"));
  }
}
