package com.sutazai.cache.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The routes of agents and tasks that are answered from the cache, and what ends an entry. */
@QuarkusTest
class MarkedRoutesTest {
  private static final int TIMES = 10;

  private final MeterRegistry registry;

  MarkedRoutesTest(MeterRegistry registry) {
    this.registry = registry;
  }

  private static RequestSpecification json(String body) {
    return given().contentType("application/json").body(body);
  }

  private static String agent() {
    String name = "cached-" + UUID.randomUUID();
    String id =
        json("{\"name\":\"" + name + "\",\"type\":\"test\"}").post("/api/agents").path("id");
    return "/api/agents/" + id;
  }

  private static String task(String body) {
    String id = json(body).header("Prefer", "wait=60").post("/api/tasks").path("id");
    return "/api/tasks/" + id;
  }

  private static void isMiss(String path) {
    given().get(path).then().statusCode(200).header("X-Cache", equalTo("MISS"));
  }

  private static void isHit(String path) {
    given().get(path).then().statusCode(200).header("X-Cache", equalTo("HIT"));
  }

  private long statements(String name) {
    return registry.find("db_query_duration").tag("statement", name).timers().stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }

  @Test
  void an_agent_is_read_once() {
    // Given
    String agent = agent();
    isMiss(agent);
    long before = statements("agents.find");

    // When
    for (int i = 0; i < TIMES; i++) {
      isHit(agent);
    }

    // Then: what other tests left at work may read agents too, but not so often
    assertThat(before).isPositive();
    assertThat(statements("agents.find") - before).isLessThan(TIMES);
  }

  @Test
  void a_changed_agent_is_read_anew() {
    // Given
    String agent = agent();
    isMiss(agent);
    isHit(agent);
    json("{\"type\":\"other\"}").patch(agent).then().statusCode(200);

    // When, then
    given()
        .get(agent)
        .then()
        .header("X-Cache", equalTo("MISS"))
        .header("ETag", equalTo("\"2\""))
        .body("type", equalTo("other"));
  }

  @Test
  void an_agent_asked_for_in_capitals_is_read_anew_too() {
    // Given
    String agent = agent();
    String capitals = "/api/agents/" + agent.substring(12).toUpperCase(Locale.ROOT);
    isMiss(capitals);
    json("{\"type\":\"other\"}").patch(agent).then().statusCode(200);

    // When, then
    given().get(capitals).then().body("type", equalTo("other"));
  }

  @Test
  void a_deleted_agent_is_not_found() {
    // Given
    String agent = agent();
    isMiss(agent);
    given().delete(agent).then().statusCode(204);

    // When, then
    given().get(agent).then().statusCode(404).header("X-Cache", equalTo("MISS"));
  }

  @Test
  void a_worker_that_becomes_inactive_is_read_anew() {
    // Given
    String name = "cached-" + UUID.randomUUID();
    String id =
        json("{\"agent_name\":\"" + name + "\",\"agent_type\":\"cached\"}")
            .post("/api/agents/register")
            .path("agent_id");
    isMiss("/api/agents/" + id);
    json("{\"agent_name\":\"" + name + "\",\"status\":\"inactive\"}")
        .post("/api/agents/heartbeat")
        .then()
        .statusCode(200);

    // When, then
    given().get("/api/agents/" + id).then().body("status", equalTo("inactive"));
  }

  @Test
  void a_built_in_agents_load_is_of_this_moment() {
    // Given
    String id = given().get("/api/agents?type=measurement").path("items[0].id");

    // When, then
    for (int i = 0; i < 2; i++) {
      given()
          .get("/api/agents/" + id)
          .then()
          .header("X-Cache", equalTo("MISS"))
          .header("Cache-Control", equalTo("no-store"));
    }
  }

  @Test
  void an_ended_task_is_read_once_until_it_is_run_again() {
    // Given
    String task = task("{\"type\":\"noop\"}");
    isMiss(task);
    isHit(task);
    given().post(task + "/retry").then().statusCode(202);

    // When, then
    given().get(task).then().header("X-Cache", equalTo("MISS"));
  }

  @Test
  void a_task_that_goes_on_is_not_kept() {
    // Given
    String later = Instant.now().plus(1, ChronoUnit.HOURS).toString();
    String id =
        json("{\"type\":\"noop\",\"run_at\":\"" + later + "\"}").post("/api/tasks").path("id");
    String task = "/api/tasks/" + id;
    isMiss(task);
    isMiss(task);
    given().post(task + "/cancel").then().statusCode(200);

    // When, then
    given()
        .get(task)
        .then()
        .header("Cache-Status", startsWith("sutazai; fwd=uri-miss; stored"))
        .body("status", equalTo("cancelled"));
  }

  @Test
  void an_ended_task_whose_agent_was_deleted_is_read_anew() {
    // Given
    String type = "cached-" + UUID.randomUUID();
    String agent =
        json("{\"agent_name\":\"" + type + "\",\"agent_type\":\"" + type + "\"}")
            .post("/api/agents/register")
            .path("agent_id");
    String id =
        json("{\"type\":\"" + type + "\",\"agent_id\":\"" + agent + "\"}")
            .post("/api/tasks")
            .path("id");
    String task = "/api/tasks/" + id;
    given().post(task + "/cancel").then().statusCode(200);
    given().get(task).then().body("agent_id", equalTo(agent));
    isHit(task);
    given().delete("/api/agents/" + agent).then().statusCode(204);

    // When, then
    given()
        .get(task)
        .then()
        .header("X-Cache", equalTo("MISS"))
        .body("agent_id", nullValue())
        .body("agent", equalTo(type));
  }
}
