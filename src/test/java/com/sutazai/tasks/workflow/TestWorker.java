package com.sutazai.tasks.workflow;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.response.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;

/** Takes tasks of a type of its own and ends them as a test tells it to. */
final class TestWorker {
  private final String name = "worker-" + UUID.randomUUID();
  private final String type = "type-" + UUID.randomUUID();

  void register() {
    post(
        "/api/agents/register",
        new JsonObject()
            .put("agent_name", name)
            .put("agent_type", type)
            .put("capabilities", new JsonArray())
            .put("max_concurrent", 50),
        200);
  }

  String type() {
    return type;
  }

  /** Says that it takes no tasks any more. */
  void leave() {
    given()
        .contentType("application/json")
        .body("{\"status\":\"inactive\"}")
        .patch("/api/agents/" + id())
        .then()
        .statusCode(200);
  }

  private String id() {
    return given().get("/api/agents?q=" + name).then().extract().path("items[0].id");
  }

  /** The next task; waits for one. */
  JsonObject next() {
    Response answer =
        await()
            .atMost(Duration.ofMinutes(2))
            .until(() -> ask("?wait=30&agent_name=" + name), each -> each.statusCode() == 200);
    return new JsonObject(answer.asString());
  }

  /** Whether a task waits for it now; such a task is taken. */
  boolean hasNext() {
    return ask("?agent_name=" + name).statusCode() == 200;
  }

  private Response ask(String query) {
    return given()
        .contentType("application/json")
        .body("{}")
        .post("/api/tasks/next/" + type + query);
  }

  void complete(JsonObject taken, JsonObject result) {
    report(taken, new JsonObject().put("status", "completed").put("result", result), 200);
  }

  void fail(JsonObject taken) {
    report(
        taken,
        new JsonObject().put("status", "failed").put("error", "no luck").put("retryable", false),
        200);
  }

  void report(JsonObject taken, JsonObject report, int status) {
    post(
        "/api/tasks/complete",
        report
            .put("task_id", taken.getString("id"))
            .put("lease", taken.getString("lease"))
            .put("agent_name", name),
        status);
  }

  private String post(String path, JsonObject body, int status) {
    return given()
        .contentType("application/json")
        .body(body.encode())
        .post(path)
        .then()
        .statusCode(status)
        .extract()
        .asString();
  }
}
