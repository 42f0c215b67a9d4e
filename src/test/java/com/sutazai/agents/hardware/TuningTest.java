package com.sutazai.agents.hardware;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.cache.CacheSizes;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TuningTest {
  private static final long TOO_LITTLE = 2_000;
  private static final long PLENTY = 1L << 40;

  private final CacheSizes sizes;
  private final List<String> tasks = new ArrayList<>();
  private long usual;

  TuningTest(CacheSizes sizes) {
    this.sizes = sizes;
  }

  @BeforeEach
  void aRegionThatIsTooSmall() {
    for (int i = 0; i < 20; i++) {
      tasks.add(
          given()
              .contentType("application/json")
              .header("Prefer", "wait=30")
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
    JsonNode result =
        new Tuning(sizes, window -> readAllTwice(), mostBytes).tune(apply, Duration.ofSeconds(1));
    for (JsonNode knob : result.get("knobs")) {
      if (knob.get("knob").asText().equals("sutazai.cache.tasks.max-bytes")) {
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
  void the_route_measures_for_the_window_that_is_asked_for() {
    given()
        .contentType("application/json")
        .body("{\"window_seconds\":1}")
        .post("/api/admin/tune")
        .then()
        .statusCode(200)
        .body("window_seconds", equalTo(1))
        .body("applied", equalTo(false))
        .body("knobs.knob", hasItem("sutazai.cache.tasks.max-bytes"));
    given()
        .contentType("application/json")
        .body("{\"window_seconds\":31}")
        .post("/api/admin/tune")
        .then()
        .statusCode(400)
        .body("detail", containsString("window_seconds must be between 1 and 30"));
  }
}
