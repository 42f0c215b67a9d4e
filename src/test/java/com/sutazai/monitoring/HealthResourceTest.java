package com.sutazai.monitoring;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
class HealthResourceTest {
  @Test
  void health_says_ok_with_the_number_of_waiting_tasks() {
    given()
        .get("/health")
        .then()
        .statusCode(200)
        .body("status", equalTo("ok"))
        .body("queue_size", greaterThanOrEqualTo(0))
        .body("timestamp", notNullValue());
  }

  @Test
  void an_unknown_path_is_a_problem_document() {
    given()
        .get("/nowhere")
        .then()
        .statusCode(404)
        .contentType("application/problem+json")
        .body("code", equalTo("not_found"));
  }
}
