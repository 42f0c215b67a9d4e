package com.sutazai.resources;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class ResourcesResourceTest {
  @BeforeEach
  void littleOfTheMemoryForEachHolder() {
    ModelServer.fake().reset();
    given().get("/api/models").then().statusCode(200);
    setPolicy("memory", 1, 1).statusCode(200); // so much is free on a full machine, too
  }

  @AfterEach
  void nothingIsLeft() {
    for (Object id : given().get("/api/resources/leases").jsonPath().getList("items.id")) {
      given().delete("/api/resources/leases/{id}", id).then().statusCode(204);
    }
    setPolicy("memory", 85, 25).statusCode(200);
    setPolicy("model_slots", 80, 50).statusCode(200);
  }

  private static ValidatableResponse setPolicy(String type, int total, int holder) {
    return given()
        .contentType("application/json")
        .body("{\"max_total_percent\":" + total + ",\"max_holder_percent\":" + holder + "}")
        .put("/api/resources/policies/{type}", type)
        .then();
  }

  private static ValidatableResponse lease(String type, Number amount, String more) {
    return given()
        .contentType("application/json")
        .body("{\"type\":\"" + type + "\",\"amount\":" + amount + more + "}")
        .post("/api/resources/leases")
        .then();
  }

  private static long number(String path) {
    return given().get("/api/resources").jsonPath().getLong("resources." + path);
  }

  @Test
  void what_there_is_is_told_with_its_unit_and_what_is_not_known_is_null() {
    given()
        .get("/api/resources")
        .then()
        .statusCode(200)
        .body("resources.cpu.unit", equalTo("processors"))
        .body("resources.cpu.capacity", greaterThan(0f))
        .body("resources.cpu.policy.max_total_percent", equalTo(80))
        .body("resources.memory.capacity", notNullValue())
        .body("resources.memory.free", notNullValue())
        .body("resources.disk.free", notNullValue())
        .body("resources.gpu", hasKey("capacity"))
        .body("resources.database_connections.capacity", equalTo(10))
        .body("resources.database_connections.used_by_program", notNullValue())
        .body("resources.model_slots.capacity", greaterThan(0))
        .body("$", hasKey("load"))
        .body("pressure", allOf(hasKey("cpu"), hasKey("memory"), hasKey("io")));
    given().get("/api/v1/resources").then().statusCode(200);
  }

  @Test
  void more_than_the_limit_is_refused_with_what_is_free() {
    // Given
    setPolicy("cpu", 50, 50).statusCode(200);
    float half = given().get("/api/resources").jsonPath().getFloat("resources.cpu.limit");
    String id =
        lease("cpu", half, ",\"holder\":\"report\"")
            .statusCode(201)
            .header("Location", containsString("/api/resources/leases/"))
            .body("unit", equalTo("processors"))
            .body("holder", equalTo("report"))
            .body("priority", equalTo(5))
            .body("expires_at", notNullValue())
            .extract()
            .path("id");

    // Then
    lease("cpu", 0.1, ",\"holder\":\"other\"")
        .statusCode(503)
        .header("Retry-After", notNullValue())
        .body("code", equalTo("resource_busy"))
        .body("detail", containsString("0.0 processors of"));
    lease("cpu", half + 0.1, "")
        .statusCode(409)
        .body("code", equalTo("resource_limit"))
        .body("detail", containsString("/api/resources/policies/cpu"));
    given().get("/api/resources/leases").then().body("items.id", hasItem(id));
    given().delete("/api/resources/leases/{id}", id).then().statusCode(204);
    given().delete("/api/resources/leases/{id}", id).then().statusCode(404);
    lease("cpu", 0.1, "").statusCode(201);
    setPolicy("cpu", 80, 30).statusCode(200);
  }

  @Test
  void many_callers_at_once_get_no_more_than_the_limit() {
    // Given
    setPolicy("disk", 1, 1).statusCode(200);
    long limit = number("disk.limit");
    long each = limit / 4 + 1;

    // When
    long granted;
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var statuses =
          java.util.stream.IntStream.range(0, 24)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> lease("disk", each, "").extract().statusCode(), pool))
              .toList();
      granted = statuses.stream().filter(status -> status.join() == 201).count();
    }

    // Then
    assertThat(granted).isEqualTo(3);
    assertThat(number("disk.leased")).isEqualTo(3 * each).isLessThanOrEqualTo(limit);
    setPolicy("disk", 90, 20).statusCode(200);
  }

  @Test
  void who_waits_gets_what_another_releases() {
    // Given
    long all = number("memory.limit");
    String id = lease("memory", all, ",\"holder\":\"first\"").statusCode(201).extract().path("id");

    // When
    CompletableFuture<ValidatableResponse> waiting =
        CompletableFuture.supplyAsync(
            () -> lease("memory", 1, ",\"holder\":\"second\",\"wait_seconds\":60"));
    await().atMost(Duration.ofMinutes(1)).until(() -> number("memory.waiting") == 1);
    given().delete("/api/resources/leases/{id}", id).then().statusCode(204);

    // Then
    waiting.join().statusCode(201).body("holder", equalTo("second"));
  }

  @Test
  void leased_model_slots_are_not_given_to_requests() {
    // Given
    setPolicy("model_slots", 100, 100).statusCode(200);
    long slots = number("model_slots.capacity");
    lease("model_slots", slots, "").statusCode(201);

    // When
    ValidatableResponse refused =
        given()
            .contentType("application/json")
            .header("Prefer", "wait=1")
            .body("{\"prompt\":\"one of a kind: leased slots\",\"cache\":false}")
            .post("/generate")
            .then();

    // Then
    refused.statusCode(503).body("code", equalTo("model_busy"));
    assertThat(number("model_slots.available")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|400|type must be one of cpu, memory",
        "{'type':'wings','amount':1}|400|type must be one of",
        "{'type':'cpu'}|400|amount is required, in processors",
        "{'type':'cpu','amount':0}|400|amount must be more than 0",
        "{'type':'cpu','amount':-1}|400|amount must be more than 0",
        "{'type':'cpu','amount':0.00005}|400|amount must have at most 3 decimals",
        "{'type':'cpu','amount':1e-10}|400|amount must have at most 3 decimals",
        "{'type':'memory','amount':0.5}|400|amount must be a whole number of bytes",
        "{'type':'memory','amount':1e300}|400|amount must be more than 0 and at most",
        "{'type':'cpu','amount':'much'}|400|amount",
        "{'type':'cpu','amount':0.1,'priority':11}|400|priority must be between 0 and 10",
        "{'type':'cpu','amount':0.1,'duration_seconds':0}|400|duration_seconds must be between 1 and 86400",
        "{'type':'cpu','amount':0.1,'wait_seconds':61}|400|wait_seconds must be between 0 and 60",
        "{'type':'cpu','amount':0.1,'holder':' '}|400|holder is required and must not be blank",
        "{'type':'cpu','amount':0.1,'colour':'red'}|400|colour",
        "{'type':'cpu','amount':100000}|409|amount is 100000.0 processors",
      })
  void a_lease_that_breaks_a_rule_is_refused_with_the_rule(String body, int status, String rule) {
    given()
        .contentType("application/json")
        .body(new JsonObject(body.replace('\'', '"')).encode())
        .post("/api/resources/leases")
        .then()
        .statusCode(status)
        .body("detail", containsString(rule));
  }

  @Test
  void a_policy_needs_both_shares_in_percent() {
    setPolicy("cpu", 101, 5)
        .statusCode(400)
        .body("detail", containsString("max_total_percent is required"));
    setPolicy("wings", 1, 1).statusCode(404).body("detail", containsString("there are cpu"));
    given()
        .get("/api/resources/policies/gpu")
        .then()
        .statusCode(200)
        .body("max_total_percent", equalTo(90))
        .body("max_holder_percent", equalTo(50));
  }

  @Test
  void what_is_leased_is_measured() {
    lease("memory", 4096, "").statusCode(201);
    given()
        .get("/metrics")
        .then()
        .body(containsString("resource_in_use{type=\"memory\"} 4096.0"))
        .body(matchesPattern("(?s).*resource_limit\\{type=\"cpu\"} \\d.*"))
        .body(containsString("resource_waiting{type=\"disk\"} 0.0"))
        .body(containsString("resource_leases_total{outcome=\"granted\",type=\"memory\"}"));
  }
}
