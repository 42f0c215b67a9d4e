package com.sutazai.agents.tuning;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.cache.CacheSizes;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.queue.Seats;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TuningTest {
  private static final long TOO_LITTLE = 2_000;
  private static final long PLENTY = 1L << 40;

  /** It waits for a second, which takes no processor. */
  private static final String REPORT = "{\"type\":\"resource_report\"}";

  private static final Statement ONE = Statement.of("test.one", "SELECT 1 AS one");

  private final CacheSizes sizes;
  private final Seats seats;
  private final Database database;
  private final List<String> tasks = new ArrayList<>();
  private long usual;

  TuningTest(CacheSizes sizes, Seats seats, Database database) {
    this.sizes = sizes;
    this.seats = seats;
    this.database = database;
  }

  @BeforeEach
  void aRegionThatIsTooSmall() {
    for (int i = 0; i < 20; i++) {
      tasks.add(
          given()
              .contentType("application/json")
              .header("Prefer", "wait=60")
              .body("{\"type\":\"noop\"}")
              .post("/api/tasks")
              .then()
              .statusCode(200)
              .extract()
              .path("id"));
    }
    usual = maxBytes();
    sizes.resize("tasks", TOO_LITTLE);
  }

  @AfterEach
  void asItWas() {
    sizes.resize("tasks", usual);
  }

  private long maxBytes() {
    return sizes.now().stream()
        .filter(each -> each.region().equals("tasks"))
        .mapToLong(CacheSizes.Size::maxBytes)
        .findFirst()
        .orElseThrow();
  }

  private void readAllTwice() {
    for (int i = 0; i < 2; i++) {
      tasks.forEach(id -> given().get("/api/tasks/{id}", id).then().statusCode(200));
    }
  }

  private JsonNode tune(boolean apply, long mostBytes) throws InterruptedException {
    return tune(
        new CacheKnobs(sizes, mostBytes),
        window -> readAllTwice(),
        apply,
        "sutazai.cache.tasks.max-bytes");
  }

  private static JsonNode tune(Knobs part, Tuning.Pause traffic, boolean apply, String setting)
      throws InterruptedException {
    JsonNode result = new Tuning(List.of(part), traffic).tune(apply, Duration.ofSeconds(1));
    for (JsonNode knob : result.get("knobs")) {
      if (knob.get("knob").asText().equals(setting)) {
        return knob;
      }
    }
    throw new AssertionError(result);
  }

  @Test
  void a_region_that_evicts_while_requests_miss_gets_more_and_what_that_did_is_measured()
      throws Exception {
    // When
    JsonNode knob = tune(true, PLENTY);

    // Then
    assertThat(knob.get("value_before").asLong()).isEqualTo(TOO_LITTLE);
    assertThat(knob.get("value_now").asLong()).isEqualTo(2 * TOO_LITTLE);
    assertThat(maxBytes()).isEqualTo(2 * TOO_LITTLE);
    assertThat(knob.at("/before/evictions").asLong()).isPositive();
    assertThat(knob.at("/before/requests").asLong()).isGreaterThanOrEqualTo(40);
    assertThat(knob.at("/after/requests").asLong()).isGreaterThanOrEqualTo(40);
    assertThat(knob.at("/after/bytes").asLong()).isGreaterThan(knob.at("/before/bytes").asLong());
  }

  @Test
  void nothing_is_set_unless_it_is_said() throws Exception {
    // When
    JsonNode knob = tune(false, PLENTY);

    // Then
    assertThat(knob.get("recommended").asLong()).isEqualTo(2 * TOO_LITTLE);
    assertThat(knob.get("value_now").asLong()).isEqualTo(TOO_LITTLE);
    assertThat(knob.get("after").isNull()).isTrue();
    assertThat(maxBytes()).isEqualTo(TOO_LITTLE);
  }

  @Test
  void nothing_is_set_past_the_memory_for_all_regions() throws Exception {
    // When
    JsonNode knob = tune(true, 1_000);

    // Then
    assertThat(knob.get("recommended").asLong()).isEqualTo(TOO_LITTLE);
    assertThat(knob.get("reason").asText()).contains("a quarter of the heap");
    assertThat(maxBytes()).isEqualTo(TOO_LITTLE);
  }

  @Test
  void more_workers_run_when_jobs_waited_for_one_while_processors_were_idle() throws Exception {
    // Given
    int workers = seats.workers();
    int prefetch = seats.prefetch();
    seats.resize(1, prefetch);
    try {
      // When
      JsonNode knob = tuneWorkers();

      // Then
      assertThat(knob.get("value_before").asInt()).isOne();
      assertThat(knob.at("/before/jobs").asLong()).isGreaterThanOrEqualTo(4);
      assertThat(knob.at("/before/jobs_that_waited").asLong()).isPositive();
      assertThat(knob.get("value_now").asInt()).as("%s", knob).isEqualTo(2);
      assertThat(seats.workers()).isEqualTo(2);
      assertThat(knob.at("/after/jobs").asLong()).isGreaterThanOrEqualTo(4);
    } finally {
      seats.resize(workers, prefetch);
    }
  }

  /** Again until this process leaves enough of the processors idle. */
  private JsonNode tuneWorkers() {
    return await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                tune(
                    new QueueKnobs(seats),
                    window -> runTogether(4, REPORT),
                    true,
                    "sutazai.queue.workers"),
            knob -> !knob.get("reason").asText().startsWith("The processors are busy"));
  }

  private static void runTogether(int tasks, String task) {
    List<String> ids =
        given()
            .contentType("application/json")
            .body("{\"tasks\":[" + String.join(",", Collections.nCopies(tasks, task)) + "]}")
            .post("/api/tasks/bulk")
            .then()
            .statusCode(202)
            .extract()
            .path("ids");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                ids.stream()
                    .allMatch(
                        id ->
                            given()
                                .get("/api/tasks/{id}", id)
                                .jsonPath()
                                .getString("status")
                                .equals("completed")));
  }

  @Test
  void more_is_claimed_ahead_when_claims_came_back_full() throws Exception {
    // Given
    int workers = seats.workers();
    int prefetch = seats.prefetch();
    seats.resize(2, 0);
    try {
      // When
      JsonNode knob =
          tune(
              new QueueKnobs(seats),
              window -> runTogether(20, dueTogether()),
              true,
              "sutazai.queue.prefetch");

      // Then
      assertThat(knob.at("/before/claims_without_seats").asLong()).isPositive();
      assertThat(knob.at("/before/jobs_per_claim").asDouble()).isPositive();
      assertThat(knob.get("value_now").asInt()).as("%s", knob).isOne();
      assertThat(seats.prefetch()).isOne();
    } finally {
      seats.resize(workers, prefetch);
    }
  }

  /** What is not due yet is claimed, instead of beginning where it was taken in. */
  private static String dueTogether() {
    return "{\"type\":\"noop\",\"run_at\":\"%s\"}".formatted(Instant.now().plusSeconds(1));
  }

  @Test
  void more_connections_are_opened_when_statements_waited_for_one() throws Exception {
    // Given
    int usual = database.connections().max();
    database.resize(1);
    try {
      // When
      JsonNode knob =
          tune(
              new ConnectionKnobs(database),
              window -> askTogether(4),
              true,
              "sutazai.database.pool-max");

      // Then
      assertThat(knob.get("value_before").asInt()).isOne();
      assertThat(knob.at("/before/of_them_waited").asLong()).isPositive();
      assertThat(knob.at("/before/left_at_the_server").asLong()).isPositive();
      assertThat(knob.get("value_now").asInt()).as("%s", knob).isEqualTo(2);
      assertThat(database.connections().max()).isEqualTo(2);
    } finally {
      database.resize(usual);
    }
  }

  @Test
  void more_connections_than_at_the_start_are_recommended_alone() throws Exception {
    // Given
    int usual = database.connections().max();

    // When
    JsonNode knob =
        tune(
            new ConnectionKnobs(database),
            window -> askTogether(3 * usual),
            true,
            "sutazai.database.pool-max");

    // Then
    assertThat(knob.get("recommended").asInt()).as("%s", knob).isEqualTo(2 * usual);
    assertThat(knob.get("value_now").asInt()).isEqualTo(usual);
    assertThat(knob.get("reason").asText()).contains("next start");
    assertThat(knob.get("after").isNull()).isTrue();
  }

  /** Who has a connection keeps it until somebody has waited for one. */
  private void askTogether(int transactions) throws InterruptedException {
    long before = database.connections().waited();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < transactions; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () ->
                      database.transaction(
                          sql -> {
                            sql.query(ONE);
                            awaitWaiting(before);
                            return true;
                          })));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void awaitWaiting(long before) {
    await().atMost(Duration.ofMinutes(1)).until(() -> database.connections().waited() > before);
  }

  @Test
  void the_route_measures_for_the_window_that_is_asked_for() {
    given()
        .contentType("application/json")
        .body("{\"window_seconds\":1}")
        .post("/api/admin/tune")
        .then()
        .statusCode(200)
        .body("window_seconds", equalTo(1))
        .body("applied", equalTo(false))
        .body(
            "knobs.knob",
            hasItems(
                "sutazai.cache.tasks.max-bytes",
                "sutazai.queue.workers",
                "sutazai.queue.prefetch",
                "sutazai.database.pool-max"));
    given()
        .contentType("application/json")
        .body("{\"window_seconds\":31}")
        .post("/api/admin/tune")
        .then()
        .statusCode(400)
        .body("detail", containsString("window_seconds must be between 1 and 30"));
  }
}
