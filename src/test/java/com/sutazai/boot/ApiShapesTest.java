package com.sutazai.boot;

import static com.sutazai.security.ClosedMode.admin;
import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.security.ClosedMode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the OpenAPI document says of requests is what the routes take. */
@QuarkusTest
@TestProfile(ClosedMode.class)
class ApiShapesTest {
  /** Measures for seconds whatever the body is; its example says one. */
  private static final String SLOW = "/api/admin/tune";

  private JsonObject document = new JsonObject();

  private record Operation(String method, String path, JsonObject described) {
    boolean isOurs() {
      String tag = described.getJsonArray("tags", new JsonArray()).encode();
      return !tag.contains("OpenAI") && !tag.contains("Ollama");
    }

    JsonObject json() {
      return described
          .getJsonObject("requestBody", new JsonObject())
          .getJsonObject("content", new JsonObject())
          .getJsonObject("application/json", new JsonObject());
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @BeforeEach
  void read() {
    document = new JsonObject(admin().get("/q/openapi?format=json").asString());
  }

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      item.fieldNames().stream()
          .filter(method -> method.matches("get|post|put|patch|delete"))
          .forEach(
              method ->
                  operations.add(
                      new Operation(
                          method.toUpperCase(Locale.ROOT), path, item.getJsonObject(method))));
    }
    assertThat(operations).hasSizeGreaterThan(80);
    return operations;
  }

  private JsonObject resolved(JsonObject schema) {
    String reference = schema.getString("$ref");
    return reference == null
        ? schema
        : document
            .getJsonObject("components")
            .getJsonObject("schemas")
            .getJsonObject(reference.substring(reference.lastIndexOf('/') + 1));
  }

  private Response send(Operation operation, String body) {
    String path =
        operation
            .path()
            .replace("{id}", UUID.randomUUID().toString())
            .replace("{type}", "gpu")
            .replaceAll("\\{\\w+}", "nothing");
    return admin().contentType("application/json").body(body).request(operation.method(), path);
  }

  @Test
  void names_are_those_of_the_wire() {
    // Given
    JsonObject schemas = document.getJsonObject("components").getJsonObject("schemas");
    Set<String> wrong = new TreeSet<>();

    // When
    for (String name : schemas.fieldNames()) {
      JsonObject properties =
          schemas.getJsonObject(name).getJsonObject("properties", new JsonObject());
      properties.fieldNames().stream()
          .filter(property -> !property.matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"))
          .forEach(property -> wrong.add(name + "." + property));
    }

    // Then
    assertThat(schemas.size()).isGreaterThan(50);
    assertThat(wrong).isEmpty();
    JsonObject task = schemas.getJsonObject("SubmitTask").getJsonObject("properties");
    assertThat(resolved(task.getJsonObject("payload")).fieldNames()).doesNotContain("properties");
  }

  @Test
  void every_field_of_a_body_is_known_on_the_wire() {
    // Given
    List<String> unknown = new ArrayList<>();
    int sent = 0;

    // When
    for (Operation operation : operations()) {
      JsonObject schema = resolved(operation.json().getJsonObject("schema", new JsonObject()));
      if (!operation.isOurs() || operation.path().equals(SLOW)) {
        continue;
      }
      for (String field : schema.getJsonObject("properties", new JsonObject()).fieldNames()) {
        sent++;
        String answer = send(operation, new JsonObject().putNull(field).encode()).asString();
        if (answer.contains("is not a known field")) {
          unknown.add(operation + " " + field);
        }
      }
    }

    // Then
    assertThat(sent).isGreaterThan(60);
    assertThat(unknown).isEmpty();
  }

  @Test
  void every_example_is_taken_by_its_route() {
    // Given
    List<String> refused = new ArrayList<>();
    List<String> without = new ArrayList<>();

    // When
    for (Operation operation : operations()) {
      if (!operation.isOurs() || operation.json().isEmpty()) {
        continue;
      }
      Object example = operation.json().getValue("example");
      if (example == null) {
        without.add(operation.toString());
        continue;
      }
      Response answer = send(operation, encoded(example));
      if (Set.of(400, 415, 422).contains(answer.statusCode())) {
        refused.add(operation + " " + answer.asString());
      }
    }

    // Then
    assertThat(without).isEmpty();
    assertThat(refused).isEmpty();
  }

  private static String encoded(Object example) {
    return example instanceof JsonObject object ? object.encode() : String.valueOf(example);
  }

  @Test
  void a_required_field_that_is_missing_is_named() {
    // Given
    List<String> wrong = new ArrayList<>();
    int sent = 0;

    // When
    for (Operation operation : operations()) {
      JsonObject schema = resolved(operation.json().getJsonObject("schema", new JsonObject()));
      if (!operation.isOurs()) {
        continue;
      }
      for (Object field : schema.getJsonArray("required", new JsonArray())) {
        sent++;
        JsonObject body = new JsonObject(encoded(operation.json().getValue("example")));
        body.remove((String) field);
        Response answer = send(operation, body.encode());
        if (answer.statusCode() != 400 || !answer.asString().contains((String) field)) {
          wrong.add(operation + " " + field + " " + answer.asString());
        }
      }
    }

    // Then
    assertThat(sent).isGreaterThan(20);
    assertThat(wrong).isEmpty();
  }

  @Test
  void every_answer_has_a_shape() {
    // Given
    List<String> without = new ArrayList<>();

    // When
    for (Operation operation : operations()) {
      JsonObject responses = operation.described().getJsonObject("responses");
      for (String status : responses.fieldNames()) {
        JsonObject content =
            responses.getJsonObject(status).getJsonObject("content", new JsonObject());
        boolean shaped =
            content.stream().allMatch(type -> ((JsonObject) type.getValue()).containsKey("schema"));
        if (!status.equals("204") && (content.isEmpty() || !shaped)) {
          without.add(operation + " " + status);
        }
      }
    }

    // Then
    assertThat(without).isEmpty();
  }

  @Test
  void streams_are_told_as_such() {
    for (Operation operation : operations()) {
      if (operation.path().matches("/generate/stream|/api/tasks/\\{id}/events")) {
        assertThat(
                operation
                    .described()
                    .getJsonObject("responses")
                    .getJsonObject("200")
                    .getJsonObject("content")
                    .fieldNames())
            .as(operation.toString())
            .containsExactly("text/event-stream");
      }
    }
  }

  @Test
  void the_document_says_how_to_come_in() {
    // Given
    JsonObject schemes = document.getJsonObject("components").getJsonObject("securitySchemes");

    // Then
    assertThat(schemes.getJsonObject("key").getString("scheme")).isEqualTo("bearer");
    assertThat(schemes.getJsonObject("session").getString("name")).isEqualTo("sutazai_session");
    assertThat(document.getJsonArray("security").encode())
        .isEqualTo("[{\"key\":[]},{\"session\":[]},{}]");
  }

  @Test
  void a_query_parameter_of_another_kind_is_named() {
    // Given
    List<String> wrong = new ArrayList<>();
    int sent = 0;

    // When
    for (Operation operation : operations()) {
      for (Object each : operation.described().getJsonArray("parameters", new JsonArray())) {
        JsonObject parameter = (JsonObject) each;
        JsonObject schema = resolved(parameter.getJsonObject("schema"));
        boolean plain = Set.of("integer", "boolean").contains(schema.getValue("type"));
        if (!parameter.getString("in").equals("query") || !(plain || schema.containsKey("enum"))) {
          continue;
        }
        sent++;
        String name = parameter.getString("name");
        String path = operation.path().replaceAll("\\{\\w+}", "nothing");
        Response answer = admin().queryParam(name, "abc").request(operation.method(), path);
        if (answer.statusCode() != 400 || !name.equals(answer.path("field"))) {
          wrong.add(operation + " " + name + " " + answer.asString());
        }
      }
    }

    // Then
    assertThat(sent).isGreaterThanOrEqualTo(15);
    assertThat(wrong).isEmpty();
  }

  @Test
  void a_method_that_a_path_does_not_take_is_answered_with_those_that_it_takes() {
    // Given
    List<String> wrong = new ArrayList<>();
    List<Operation> operations = operations();

    // When
    for (Operation operation : operations) {
      String path = operation.path().replaceAll("\\{\\w+}", "nothing");
      for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
        boolean taken =
            operations.stream()
                .anyMatch(
                    each ->
                        each.method().equals(method)
                            && path.matches(each.path().replaceAll("\\{\\w+}", "[^/]+")));
        if (!operation.isOurs() || taken) {
          continue;
        }
        Response answer = admin().request(method, path);
        if (answer.statusCode() != 405
            || !String.valueOf(answer.getHeader("Allow")).contains(operation.method())) {
          wrong.add(method + " " + path + " " + answer.statusCode() + answer.getHeader("Allow"));
        }
      }
    }

    // Then
    assertThat(wrong).isEmpty();
  }
}
