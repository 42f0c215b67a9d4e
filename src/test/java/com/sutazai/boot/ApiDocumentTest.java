package com.sutazai.boot;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

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
}
