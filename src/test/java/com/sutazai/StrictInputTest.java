package com.sutazai;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not as a route has it is refused in words, and nothing is made to fit in silence. */
@QuarkusTest
class StrictInputTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"noop\",\"priority\":\"high\"}|priority|priority must be a whole number, not a text",
        "{\"type\":\"noop\",\"priority\":\"5\"}|priority|priority must be a whole number, not a text",
        "{\"type\":\"noop\",\"priority\":[1]}|priority|priority must be a whole number, not an array",
        "{\"type\":\"noop\",\"priority\":true}|priority|priority must be a whole number, not true",
        "{\"type\":\"noop\",\"priority\":99999999999}|priority|priority must be a number within the range of the field",
        "{\"type\":\"noop\",\"timeout_seconds\":1.5}|timeout_seconds|timeout_seconds must be a whole number, not 1.5",
        "{\"type\":5}|type|type must be a text, not 5",
        "{\"type\":true}|type|type must be a text, not true",
        "{\"type\":{}}|type|type must be a text, not an object",
        "{\"type\":\"noop\",\"depends_on\":\"a\"}|depends_on|depends_on must be an array",
        "{\"type\":\"noop\",\"run_at\":\"soon\"}|run_at|run_at must be a moment such as 2026-01-31T12:00:00Z",
      })
  void a_value_of_another_kind_is_named(String body, String field, String detail) {
    given()
        .contentType("application/json")
        .body(body)
        .post("/api/tasks")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid_request"))
        .body("field", equalTo(field))
        .body("detail", equalTo(detail));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'noop'}|line 1, column 2: Unexpected character",
        "{\"type\":}|line 1, column 9: Unexpected character",
        "{\"type\":\"noop\"|line 1, column ",
        "{\"type\":\"noop\",\"type\":\"chat\"}|line 1, column ",
      })
  void broken_json_is_told_by_its_place(String body, String detail) {
    given()
        .contentType("application/json")
        .body(body)
        .post("/api/tasks")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid_json"))
        .body("detail", startsWith(detail))
        .body("detail", matchesPattern("[^\\[`]*"));
  }

  @Test
  void a_body_that_is_no_object_is_told_as_such() {
    given()
        .contentType("application/json")
        .body("[]")
        .post("/api/tasks")
        .then()
        .statusCode(400)
        .body("detail", equalTo("The body must be an object, not an array"));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/tasks?statuss=x, statuss",
    "/api/tasks?dead=maybe, dead",
    "/api/agents?Type=x, Type",
    "/api/v1/workflows?page=2, page",
    "/process?data=a&date=b, date"
  })
  void a_parameter_that_would_be_passed_over_is_named(String path, String field) {
    given()
        .urlEncodingEnabled(false)
        .get(path)
        .then()
        .statusCode(400)
        .body("field", equalTo(field))
        .body("detail", startsWith(field));
  }

  @ParameterizedTest
  @CsvSource({"/api/tasks?owner=local", "/api/tags?a=b", "/v1/models?a=b", "/health?a=b"})
  void parameters_of_other_doors_are_passed_over(String path) {
    given().urlEncodingEnabled(false).get(path).then().statusCode(org.hamcrest.Matchers.not(400));
  }

  @Test
  void an_empty_idempotency_key_is_refused() {
    given()
        .contentType("application/json")
        .header("Idempotency-Key", "")
        .body("{\"type\":\"noop\"}")
        .post("/api/tasks")
        .then()
        .statusCode(400)
        .body("field", equalTo("Idempotency-Key"));
  }

  @Test
  void moments_have_microseconds_at_most() {
    given()
        .contentType("application/json")
        .body("{\"type\":\"noop\"}")
        .post("/api/tasks")
        .then()
        .statusCode(202)
        .body("created_at", matchesPattern("[^.]*(\\.\\d{1,6})?Z"));
  }

  @Test
  void a_task_without_callback_is_told_from_none() {
    String id =
        given()
            .contentType("application/json")
            .body("{\"type\":\"noop\"}")
            .post("/api/tasks")
            .path("id");

    given()
        .get("/api/tasks/" + id + "/callback")
        .then()
        .statusCode(404)
        .body("detail", containsString("was submitted without a callback_url"));
  }
}
