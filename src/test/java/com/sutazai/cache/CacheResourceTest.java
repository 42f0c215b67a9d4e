package com.sutazai.cache;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CacheResourceTest {
  private final MeterRegistry registry;

  CacheResourceTest(MeterRegistry registry) {
    this.registry = registry;
  }

  private static String create(String type) {
    return given()
        .contentType("application/json")
        .body("{\"name\":\"cached-%s\",\"type\":\"%s\"}".formatted(UUID.randomUUID(), type))
        .post("/api/agents")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  private static int listed(String type) {
    return given()
        .get("/api/agents?type=" + type)
        .then()
        .statusCode(200)
        .extract()
        .path("items.size()");
  }

  private long lists() {
    return registry
        .get(MetricNames.DATABASE_QUERY_DURATION)
        .tag("statement", "agents.list")
        .timer()
        .count();
  }

  @Test
  void a_list_is_read_once_until_an_agent_changes() {
    // Given
    String type = "kept-" + UUID.randomUUID();
    String id = create(type);

    // When, then: again until no agent of another test falls silent meanwhile
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              assertThat(listed(type)).isEqualTo(1);
              long before = lists();
              assertThat(listed(type)).isEqualTo(1);
              assertThat(lists()).isEqualTo(before);
            });
    given().delete("/api/agents/" + id).then().statusCode(204);
    assertThat(listed(type)).isZero();
    create(type);
    assertThat(listed(type)).isEqualTo(1);
  }

  @Test
  void lists_are_told_apart_whatever_words_they_are_narrowed_to() {
    // Given
    String type = "apart-" + UUID.randomUUID();
    create(type);
    given()
        .queryParam("type", type)
        .queryParam("q", "cached-, after=null")
        .get("/api/agents")
        .then()
        .body("items.size()", equalTo(0));
    long before = lists();

    // When
    given().queryParam("type", type + ", status=null, q=cached-").get("/api/agents");
    given().queryParam("type", type).queryParam("q", "cached-, status=null").get("/api/agents");
    given().queryParam("type", type + ", status=null, q=cached-, status=null").get("/api/agents");
    given()
        .queryParam("type", type)
        .queryParam("q", "cached-, status=null, q=null")
        .get("/api/agents");

    // Then
    assertThat(lists()).isEqualTo(before + 4);
  }

  @Test
  void who_wants_nothing_kept_is_answered_by_the_database() {
    // Given
    String type = "new-" + UUID.randomUUID();
    create(type);
    listed(type);
    long before = lists();

    // When
    given().header("Cache-Control", "no-cache").get("/api/agents?type=" + type);

    // Then
    assertThat(lists()).isEqualTo(before + 1);
  }

  @Test
  void statistics_say_what_was_counted() {
    // Given
    String type = "counted-" + UUID.randomUUID();
    create(type);
    listed(type);
    listed(type);

    // When, then
    given()
        .get("/api/cache/stats")
        .then()
        .statusCode(200)
        .body("changes_heard", equalTo(true))
        .body("regions.region", hasItem("agent"))
        .body("regions.find { it.region == 'agent' }.hits.memory", greaterThanOrEqualTo(1))
        .body("regions.find { it.region == 'agent' }.misses", greaterThanOrEqualTo(1))
        .body("regions.find { it.region == 'agent' }.bytes", greaterThanOrEqualTo(1))
        .body("regions.find { it.region == 'agent' }.loads.mean_ms", notNullValue())
        .body("tiers.tier", hasItem("database"));
    String metrics = given().get("/metrics").asString();
    assertThat(metrics)
        .contains("cache_hits_total{cache_type=\"agent\"}")
        .contains("cache_misses_total{cache_type=\"agent\"}");
  }

  @Test
  void what_has_a_tag_is_removed() {
    // Given
    String type = "removed-" + UUID.randomUUID();
    create(type);
    listed(type);
    long before = lists();

    // When
    given()
        .delete("/api/cache?tag=agents")
        .then()
        .statusCode(200)
        .body("tag", equalTo("agents"))
        .body("removed.memory", greaterThanOrEqualTo(1))
        .body("removed.database", equalTo(0));

    // Then
    listed(type);
    assertThat(lists()).isEqualTo(before + 1);
  }

  @Test
  void a_tag_is_needed() {
    given()
        .delete("/api/cache")
        .then()
        .statusCode(400)
        .body("detail", org.hamcrest.Matchers.containsString("tag"));
    given().delete("/api/cache?tag=a b").then().statusCode(400);
  }

  @Test
  void warming_loads_active_agents() {
    given()
        .post("/api/cache/warm")
        .then()
        .statusCode(200)
        .body("loaded.agent", greaterThanOrEqualTo(1));
  }

  @Test
  void warming_keeps_answers_about_ended_tasks_as_the_route_gives_them() {
    // Given
    String id =
        given()
            .contentType("application/json")
            .header("Prefer", "wait=60")
            .body("{\"type\":\"noop\"}")
            .post("/api/tasks")
            .then()
            .statusCode(200)
            .extract()
            .path("id");
    String route = given().header("Cache-Control", "no-store").get("/api/tasks/" + id).asString();

    // When
    given().post("/api/cache/warm").then().body("loaded.tasks", greaterThanOrEqualTo(1));

    // Then
    given()
        .get("/api/tasks/" + id)
        .then()
        .statusCode(200)
        .header("X-Cache", "HIT")
        .body(equalTo(route));
  }
}
