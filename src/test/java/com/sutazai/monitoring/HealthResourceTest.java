package com.sutazai.monitoring;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void it_is_ready_while_the_database_answers_whatever_the_other_parts_do() {
    given()
        .get("/q/health/ready")
        .then()
        .statusCode(200)
        .body("status", equalTo("UP"))
        .body("checks.name", equalTo(List.of("takes tasks")))
        .body("checks[0].data.database", equalTo("ok"))
        .body("checks[0].data.model", notNullValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"live", "started"})
  void a_process_that_answers_is_alive_and_was_started(String what) {
    given().get("/q/health/" + what).then().statusCode(200).body("status", equalTo("UP"));
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
