package com.sutazai.security;

import static com.sutazai.security.ClosedMode.key;
import static com.sutazai.security.ClosedMode.with;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may work for all owners, and what others get to see of it. */
@QuarkusTest
@TestProfile(ClosedMode.class)
class WorkersOfAllOwnersTest {
  private final String type = "type-" + UUID.randomUUID();
  private final String worker = "worker-" + UUID.randomUUID();
  private String alice = "";

  @BeforeEach
  void makeKey() {
    alice = key("alice", "tasks:write", "tasks:read");
  }

  private static Response post(String key, String path, JsonObject body) {
    return with(key).contentType("application/json").body(body.encode()).post(path);
  }

  private Response register(String key, boolean allOwners) {
    return post(
        key,
        "/api/agents/register",
        new JsonObject()
            .put("agent_name", worker)
            .put("agent_type", type)
            .put("all_owners", allOwners));
  }

  private Response next(String key) {
    return with(key).post("/api/tasks/next/" + type + "?agent_name=" + worker);
  }

  private String submit(String key) {
    return post(key, "/api/tasks", new JsonObject().put("type", type))
        .then()
        .statusCode(202)
        .extract()
        .path("id");
  }

  @Test
  void a_worker_of_all_owners_does_another_owner_s_task() {
    // Given
    String operator = key("operator", "tasks:work-any");
    register(operator, true).then().statusCode(200);
    String id = submit(alice);

    // When
    JsonPath lent = next(operator).then().statusCode(200).extract().jsonPath();
    String lease = lent.getString("lease");
    post(
            operator,
            "/api/agents/heartbeat",
            new JsonObject().put("agent_name", worker).put("leases", JsonArray.of(lease)))
        .then()
        .statusCode(200)
        .body("lost", empty());
    post(
            operator,
            "/api/tasks/complete",
            new JsonObject()
                .put("task_id", id)
                .put("lease", lease)
                .put("agent_name", worker)
                .put("status", "completed")
                .put("result", 7))
        .then()
        .statusCode(200);

    // Then
    with(alice)
        .get("/api/tasks/" + id)
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("result", equalTo(7));
    with(key("operator", "tasks:read")).get("/api/tasks/" + id).then().statusCode(404);
  }

  @Test
  void it_hears_that_the_owner_cancelled_the_task() {
    // Given
    String operator = key("operator", "tasks:work-any");
    register(operator, true).then().statusCode(200);
    String id = submit(alice);
    String lease = next(operator).then().statusCode(200).extract().path("lease");

    // When
    post(alice, "/api/tasks/" + id + "/cancel", new JsonObject()).then().statusCode(200);

    // Then
    post(
            operator,
            "/api/agents/heartbeat",
            new JsonObject().put("agent_name", worker).put("leases", JsonArray.of(lease)))
        .then()
        .statusCode(200)
        .body("cancelled", hasItem(lease));
  }

  @Test
  void without_the_scope_a_worker_is_of_its_own_owner_alone() {
    String key = key("bob", "tasks:work");

    register(key, true).then().statusCode(403).body("detail", containsString("tasks:work-any"));
    register(key, false).then().statusCode(200);
    post(alice, "/api/tasks", new JsonObject().put("type", type)).then().statusCode(422);
  }

  @Test
  void another_key_of_the_owner_without_the_scope_takes_no_others_tasks() {
    // Given
    register(key("operator", "tasks:work-any"), true).then().statusCode(200);
    submit(alice);

    // When, then
    next(key("operator", "tasks:work")).then().statusCode(204);
  }
}
