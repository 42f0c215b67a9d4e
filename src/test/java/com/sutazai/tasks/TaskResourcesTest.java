package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks of agents that say what they need, and those that lease. */
@QuarkusTest
class TaskResourcesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> OF_EACH_TASK =
      Set.of("tasks.submit", "tasks.submit_claimed", "tasks.load", "tasks.complete", "tasks.again");

  private final MeterRegistry registry;

  TaskResourcesTest(MeterRegistry registry) {
    this.registry = registry;
  }

  @AfterEach
  void nothingIsLeft() {
    for (Object id : given().get("/api/resources/leases").jsonPath().getList("items.id")) {
      given().delete("/api/resources/leases/{id}", id).then().statusCode(204);
    }
    policy(90, 20);
  }

  private static void policy(int total, int holder) {
    given()
        .contentType("application/json")
        .body("{\"max_total_percent\":" + total + ",\"max_holder_percent\":" + holder + "}")
        .put("/api/resources/policies/disk")
        .then()
        .statusCode(200);
  }

  private static ValidatableResponse run(String type, String payload) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\":\"" + type + "\",\"max_retries\":0,\"payload\":" + payload + "}")
        .post("/api/tasks")
        .then();
  }

  private static long disk(String field) {
    return given().get("/api/resources").jsonPath().getLong("resources.disk." + field);
  }

  /** Leases all of the disk that may be leased. */
  private static String leaseAll() {
    policy(10, 10);
    return given()
        .contentType("application/json")
        .body("{\"type\":\"disk\",\"amount\":" + disk("limit") + "}")
        .post("/api/resources/leases")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  @Test
  void a_task_waits_until_what_its_agent_needs_is_free() {
    // Given
    String lease = leaseAll();
    String task =
        given()
            .contentType("application/json")
            .body("{\"type\":\"needy\"}")
            .post("/api/tasks")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    run("noop", "{}").statusCode(200).body("status", equalTo("completed"));
    given().get("/api/tasks/{id}", task).then().body("status", equalTo("pending"));

    // When
    given().delete("/api/resources/leases/{id}", lease).then().statusCode(204);

    // Then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                given()
                    .get("/api/tasks/{id}", task)
                    .then()
                    .body("status", equalTo("completed"))
                    .body("attempt", equalTo(1)));
    assertThat(disk("used_by_tasks")).isZero();
  }

  @Test
  void needs_cost_no_statement() {
    // Given
    run("needy", "{}").statusCode(200);
    run("noop", "{}").statusCode(200);

    // When, then: again until nothing that other tests left runs beside it
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, Long> forNoop = statementsOf(() -> run("noop", "{}").statusCode(200));
              Map<String, Long> forNeedy = statementsOf(() -> run("needy", "{}").statusCode(200));
              assertThat(forNeedy).isEqualTo(forNoop).containsEntry("tasks.complete", 10L);
            });
    assertThat(disk("used_by_tasks")).isZero();
  }

  private Map<String, Long> statementsOf(Runnable work) {
    Map<String, Long> before = counts();
    for (int i = 0; i < 10; i++) {
      work.run();
    }
    Map<String, Long> after = counts();
    after.replaceAll((name, count) -> count - before.getOrDefault(name, 0L));
    return after;
  }

  private Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    registry
        .find(MetricNames.DATABASE_QUERY_DURATION)
        .timers()
        .forEach(
            timer -> counts.put(String.valueOf(timer.getId().getTag("statement")), timer.count()));
    counts.keySet().retainAll(OF_EACH_TASK);
    return counts;
  }

  @Test
  void tasks_lease_and_release() {
    // When
    String lease =
        run("allocate_resources", "{\"type\":\"disk\",\"amount\":4096,\"holder\":\"job\"}")
            .statusCode(200)
            .body("status", equalTo("completed"))
            .body("result.amount", equalTo(4096))
            .body("result.holder", equalTo("job"))
            .extract()
            .path("result.id");

    // Then
    run("resource_status", "{}")
        .body("result.resources.disk.leased", equalTo(4096))
        .body("result.leases.id", hasItem(lease));
    String release = "{\"lease_id\":\"" + lease + "\"}";
    run("release_resources", release).body("result.released", equalTo(true));
    run("release_resources", release).body("result.released", equalTo(false));
    given().get("/api/resources/leases").then().body("items.id", not(hasItem(lease)));
  }

  @Test
  void a_task_that_gets_no_lease_has_failed_with_the_reason() {
    leaseAll();
    run("allocate_resources", "{\"type\":\"disk\",\"amount\":1,\"holder\":\"late\"}")
        .body("status", equalTo("failed"))
        .body("error.code", equalTo("resource_busy"))
        .body("error.detail", containsString("disk to be had"));
    given().get("/api/resources/leases").then().body("items", hasSize(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "allocate_resources|[]|payload must be a JSON object",
        "allocate_resources|{}|type must be one of",
        "allocate_resources|{'type':7}|payload.type must be a text",
        "allocate_resources|{'type':'cpu','amount':'1'}|payload.amount must be a number",
        "allocate_resources|{'type':'cpu','amount':1e300}|amount must be more than 0",
        "allocate_resources|{'type':'cpu','amount':0.1,'priority':1.5}|payload.priority must be a whole number",
        "allocate_resources|{'type':'cpu','amount':0.1,'wait_seconds':99}|wait_seconds must be between 0 and 60",
        "allocate_resources|{'type':'cpu','amount':0.1,'preemptible':'yes'}|payload.preemptible must be true or false",
        "allocate_resources|{'type':'cpu','amount':0.1,'unit':'cores'}|payload.unit is not a known field",
        "allocate_resources|{'type':'cpu','amount':9999}|one holder may have at most",
        "release_resources|{}|payload.lease_id is required",
        "release_resources|{'lease_id':'7'}|payload.lease_id must be the id of a lease",
        "resource_status|{'type':'cpu'}|payload.type is not a known field",
      })
  void a_payload_that_breaks_a_rule_fails_with_the_rule(String type, String payload, String rule) {
    run(type, payload.replace('\'', '"'))
        .body("status", equalTo("failed"))
        .body("error.detail", containsString(rule));
  }
}
