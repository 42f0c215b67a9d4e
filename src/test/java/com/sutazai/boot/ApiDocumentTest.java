package com.sutazai.boot;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.withArgs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
