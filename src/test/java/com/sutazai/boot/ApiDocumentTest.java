package com.sutazai.boot;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.withArgs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class ApiDocumentTest {
  @Test
  void every_operation_says_what_it_does_and_how_it_fails() {
    // When
    JsonObject document =
        new JsonObject(given().get("/q/openapi?format=json").then().extract().asString());

    // Then
    JsonObject paths = document.getJsonObject("paths");
    assertThat(paths.fieldNames())
        .contains("/api/agents", "/api/agents/{id}/tasks", "/api/tasks/{id}", "/generate")
        .noneMatch(path -> path.contains("{version}"));
    for (String path : paths.fieldNames()) {
      JsonObject operations = paths.getJsonObject(path);
      for (String method : operations.fieldNames()) {
        JsonObject operation = operations.getJsonObject(method);
        assertThat(operation.getString("summary")).as(method + " " + path).isNotBlank();
        assertThat(operation.getJsonObject("responses").fieldNames())
            .as(method + " " + path)
            .contains("default");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Task, status, /api/tasks?status=",
    "Agent, status, /api/agents?status=",
    "Workflow, status, /api/workflows?status="
  })
  void the_values_that_it_names_are_those_that_are_taken(String shape, String field, String route) {
    // When
    JsonObject named = property(shape, field);

    // Then
    for (Object value : named.getJsonArray("enum")) {
      given().get(route + value).then().statusCode(200);
    }
    given().get(route + "other").then().statusCode(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"priority", "timeout_seconds", "max_retries"})
  void the_bounds_that_it_names_are_those_that_hold(String field) {
    // When
    JsonObject named = property("SubmitTask", field);

    // Then
    submit(field, named.getInteger("minimum")).then().statusCode(202);
    submit(field, named.getInteger("maximum")).then().statusCode(202);
    submit(field, named.getInteger("minimum") - 1).then().statusCode(400);
    submit(field, named.getInteger("maximum") + 1).then().statusCode(400);
  }

  @Test
  void it_names_all_strategies() {
    assertThat(property("Wanted", "strategy").getJsonArray("enum").getList())
        .isEqualTo(given().get("/api/agents/selection").then().extract().path("strategies"));
  }

  private static Response submit(String field, int value) {
    return given()
        .contentType("application/json")
        .body("{\"type\":\"noop\",\"" + field + "\":" + value + "}")
        .post("/api/tasks");
  }

  private static JsonObject property(String shape, String field) {
    return new JsonObject(given().get("/q/openapi?format=json").then().extract().asString())
        .getJsonObject("components")
        .getJsonObject("schemas")
        .getJsonObject(shape)
        .getJsonObject("properties")
        .getJsonObject(field);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/tasks, get, application/problem+json, code",
    "/api/chat, post, application/json, error",
    "/v1/batches, post, application/json, error"
  })
  void errors_are_described_in_the_form_of_their_door(
      String path, String method, String type, String field) {
    given()
        .get("/q/openapi?format=json")
        .then()
        .root("paths.'%s'.%s.responses.default.content.'%s'.schema", withArgs(path, method, type))
        .body("properties.%s.type", withArgs(field), notNullValue());
  }
}
