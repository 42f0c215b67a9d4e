package com.sutazai.agents;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class AgentResourceTest {
  private static RequestSpecification json(String body) {
    return given().contentType("application/json").body(body);
  }

  private static String create(String name) {
    return json("{\"name\":\""
            + name
            + "\",\"type\":\"test\",\"config\":{\"a\":1,\"b\":{\"c\":2}}}")
        .post("/api/agents")
        .then()
        .statusCode(201)
        .header("ETag", equalTo("\"1\""))
        .body("status", equalTo("active"))
        .body("load", nullValue())
        .extract()
        .path("id");
  }

  private static String name() {
    return "agent-" + UUID.randomUUID();
  }

  @Test
  void built_in_agents_are_listed_from_the_first_start() {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                given()
                    .get("/api/agents?limit=500&type=measurement")
                    .then()
                    .statusCode(200)
                    .body("items.name", hasItem("noop"))
                    .body("items[0].built_in", equalTo(true))
                    .body("items[0].load.running", equalTo(0)));
  }

  @Test
  void an_agents_tasks_are_listed_under_it() {
    // Given
    String task =
        json("{\"type\":\"noop\"}")
            .header("Prefer", "wait=60")
            .post("/api/tasks")
            .then()
            .statusCode(200)
            .extract()
            .path("id");
    String agent = given().get("/api/tasks/" + task).then().extract().path("agent_id");

    // When, then
    given()
        .get("/api/v1/agents/" + agent + "/tasks?status=completed&limit=1")
        .then()
        .statusCode(200)
        .body("items.id", equalTo(List.of(task)))
        .body("items[0].agent_id", equalTo(agent));
    given()
        .get("/api/agents/" + create(name()) + "/tasks")
        .then()
        .statusCode(200)
        .body("items", hasSize(0));
    given().get("/api/agents/" + UUID.randomUUID() + "/tasks").then().statusCode(404);
  }

  @Test
  void head_answers_as_get_does_without_a_body() {
    String id = create(name());
    given().head("/api/agents/" + id).then().statusCode(200).header("ETag", equalTo("\"1\""));
    given().head("/api/agents").then().statusCode(200);
    given().head("/health").then().statusCode(200);
  }

  @Test
  void a_patch_merges_as_rfc_7396_says() {
    // Given
    String id = create(name());

    // When, then
    json("{\"config\":{\"a\":null,\"b\":{\"d\":3}},\"capabilities\":[\"x\"]}")
        .header("If-Match", "\"1\"")
        .patch("/api/agents/" + id)
        .then()
        .statusCode(200)
        .header("ETag", equalTo("\"2\""))
        .body("config.a", nullValue())
        .body("config.b.c", equalTo(2))
        .body("config.b.d", equalTo(3))
        .body("capabilities", hasSize(1));
  }

  @Test
  void a_stale_write_is_refused() {
    // Given
    String id = create(name());

    // When, then
    json("{\"type\":\"other\"}")
        .header("If-Match", "\"7\"")
        .patch("/api/agents/" + id)
        .then()
        .statusCode(412);
    given().header("If-Match", "\"7\"").delete("/api/agents/" + id).then().statusCode(412);
    given().header("If-None-Match", "\"1\"").get("/api/agents/" + id).then().statusCode(304);
  }

  @Test
  void a_deleted_agent_is_gone() {
    // Given
    String id = create(name());

    // When, then
    given().delete("/api/agents/" + id).then().statusCode(204);
    given().get("/api/agents/" + id).then().statusCode(404).body("code", equalTo("not_found"));
  }

  @Test
  void ended_tasks_of_a_deleted_agent_no_longer_name_its_id() {
    // Given: a worker that has done one task
    String worker = name();
    String id =
        json("{\"agent_name\":\"%s\",\"agent_type\":\"%s\"}".formatted(worker, worker))
            .post("/api/agents/register")
            .then()
            .statusCode(200)
            .extract()
            .path("agent_id");
    json("{\"type\":\"%s\"}".formatted(worker)).post("/api/tasks").then().statusCode(202);
    JsonPath taken =
        json("{}")
            .post("/api/tasks/next/" + worker + "?wait=30&agent_name=" + worker)
            .then()
            .statusCode(200)
            .extract()
            .jsonPath();
    json("{\"task_id\":\"%s\",\"lease\":\"%s\",\"agent_name\":\"%s\",\"status\":\"completed\"}"
            .formatted(taken.getString("id"), taken.getString("lease"), worker))
        .post("/api/tasks/complete")
        .then()
        .statusCode(200);

    // When
    given().delete("/api/agents/" + id).then().statusCode(204);

    // Then
    given()
        .get("/api/tasks/" + taken.getString("id"))
        .then()
        .body("agent_id", nullValue())
        .body("agent", equalTo(worker));
  }

  @Test
  void agents_come_with_their_tasks_in_one_answer() {
    // Given
    String name = name();
    create(name);

    // When, then
    given()
        .get("/api/agents?include=tasks&q=" + name)
        .then()
        .statusCode(200)
        .body("items", hasSize(1))
        .body("items[0].tasks", hasSize(0));
  }

  @Test
  void a_name_is_taken_once_per_owner() {
    // Given
    String name = name();
    create(name);

    // When, then
    json("{\"name\":\"" + name + "\",\"type\":\"t\"}")
        .post("/api/agents")
        .then()
        .statusCode(409)
        .body("code", equalTo("conflict"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|name",
        "{\"name\":\"\",\"type\":\"t\"}|name",
        "{\"name\":7,\"type\":\"t\"}|name",
        "{\"name\":\"a\\u0000b\",\"type\":\"t\"}|name",
        "{\"name\":\"n\"}|type",
        "{\"name\":\"n\",\"type\":\"t\",\"status\":\"odd\"}|status",
        "{\"name\":\"n\",\"type\":\"t\",\"config\":[]}|config",
        "{\"name\":\"n\",\"type\":\"t\",\"config\":{\"x\":\"\\u0000\"}}|config",
        "{\"name\":\"n\",\"type\":\"t\",\"capabilities\":\"x\"}|capabilities",
        "{\"name\":\"n\",\"type\":\"t\",\"color\":\"x\"}|color",
      })
  void bad_input_names_the_field(String body, String field) {
    json(body).post("/api/agents").then().statusCode(400).body("field", equalTo(field));
  }

  @Test
  void a_name_of_ten_thousand_characters_is_refused() {
    json("{\"type\":\"t\",\"name\":\"" + "n".repeat(10_000) + "\"}")
        .post("/api/agents")
        .then()
        .statusCode(400)
        .body("field", equalTo("name"));
  }
}
