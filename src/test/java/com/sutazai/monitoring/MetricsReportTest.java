package com.sutazai.monitoring;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class MetricsReportTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");

  private static JsonPath report(String name) {
    return given()
        .queryParam("name", name)
        .get("/api/v1/metrics")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  @Test
  void it_has_the_names_of_the_metrics_text_and_no_others() {
    // Given
    String before = given().get("/metrics").asString();
    Set<String> inText = new TreeSet<>();
    for (Matcher type = TYPE.matcher(before); type.find(); ) {
      if (!type.group(1).endsWith("_max") && !type.group(1).endsWith("_info")) {
        // OpenMetrics leaves the ending of counters out where it tells their type
        boolean shortened = type.group(2).equals("counter") && !type.group(1).endsWith("_total");
        inText.add(shortened ? type.group(1) + "_total" : type.group(1));
      }
    }

    // When
    Set<String> inJson = new TreeSet<>(report("").<String>getList("metrics.name"));

    // Then: some are there from their first use on, which may have been meanwhile
    String after = given().get("/metrics").asString();
    assertThat(inJson).containsAll(inText).hasSizeGreaterThan(30);
    assertThat(after).contains(inJson.stream().filter(name -> !name.endsWith("_info")).toList());
  }

  @Test
  void counters_and_timers_count_what_was_done() {
    // Given
    double earlier = answeredListsOfAgents();
    given().get("/api/agents").then().statusCode(200);
    await().atMost(PATIENCE).until(() -> answeredListsOfAgents() > earlier);
    double before = answeredListsOfAgents();

    // When
    for (int i = 0; i < 5; i++) {
      given().get("/api/agents").then().statusCode(200);
    }

    // Then: each is counted after its answer
    await().atMost(PATIENCE).until(() -> answeredListsOfAgents() - before == 5);
    JsonPath timers = report("app_request_duration_seconds");
    Map<String, ?> timer =
        timers.getMap("metrics.find { it.labels.endpoint == '/api/agents' && it.type == 'timer' }");
    assertThat((Float) timer.get("count")).isGreaterThanOrEqualTo(5);
    assertThat((Float) timer.get("sum")).isPositive();
    assertThat(timers.getString("counted_since")).isLessThan(timers.getString("measured_at"));
  }

  private static double answeredListsOfAgents() {
    Float found =
        report("app_requests_total")
            .get(
                "metrics.find { it.labels.endpoint == '/api/agents' && it.labels.status == '200' }?.value");
    return found == null ? 0 : found;
  }

  @Test
  void a_window_begins_with_the_oldest_moment_in_it() {
    // Given
    var history = new MetricsHistory(new SimpleMeterRegistry());
    for (int second = 0; second <= 400; second += 10) {
      history.remember(new MetricsHistory.Moment(nanos(second), Map.of()));
    }

    // When, then
    assertThat(history.within(Duration.ofMinutes(1), nanos(403)))
        .hasValueSatisfying(moment -> assertThat(moment.nanoTime()).isEqualTo(nanos(340)));
    assertThat(history.within(Duration.ofMinutes(5), nanos(403)))
        .hasValueSatisfying(moment -> assertThat(moment.nanoTime()).isEqualTo(nanos(100)));
    assertThat(history.within(Duration.ofMinutes(1), nanos(500))).isEmpty();
    assertThat(new MetricsHistory(new SimpleMeterRegistry()).within(Duration.ofMinutes(1), 0))
        .isEmpty();
  }

  @Test
  void each_look_moves_the_window_of_the_rate_of_requests() {
    // Given
    var registry = new SimpleMeterRegistry();
    AtomicInteger asked = new AtomicInteger();
    Gauge.builder(MetricNames.REQUESTS_PER_SECOND, asked::incrementAndGet).register(registry);

    // When
    new MetricsHistory(registry).look();

    // Then
    assertThat(asked).hasValue(1);
  }

  private static long nanos(int seconds) {
    return seconds * 1_000_000_000L;
  }

  @Test
  void a_task_exports_them() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=30")
        .body("{\"type\":\"export_metrics\",\"payload\":{\"name\":\"tasks_total\"}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("agent", equalTo("ai-metrics-exporter"))
        .body("result.metrics.name.unique()", equalTo(List.of("tasks_total")));
  }

  @Test
  void a_task_exports_some_types() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=30")
        .body("{\"type\":\"export_metrics\",\"payload\":{\"types\":[\"timer\"]}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("result.metrics.type.unique()", equalTo(List.of("timer")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|payload must be a JSON object",
        "{'name':1}|payload.name must be a text",
        "{'name':''}|payload.name",
        "{'name':'app requests'}|payload.name must be the beginning of a metric's name",
        "{'name':'5xx'}|payload.name must be the beginning of a metric's name",
        "{'name':'tasks_total{'}|payload.name must be the beginning of a metric's name",
        "{'names':'x'}|payload.names is not a known field of export_metrics",
        "{'types':'timer'}|payload.types must be an array of some of gauge",
        "{'types':[]}|payload.types must be an array of some of gauge",
        "{'types':['histogram']}|payload.types must be an array of some of gauge",
        "{'types':{'a':'timer'}}|payload.types must be an array of some of gauge",
      })
  void what_cannot_be_read_is_refused_by_field_and_rule(String payload, String rule) {
    refused(payload.replace('\'', '"'), rule);
  }

  @Test
  void a_name_that_no_metric_has_room_for_is_refused() {
    refused("{\"name\":\"%s\"}".formatted("a".repeat(201)), "payload.name");
  }

  private static void refused(String payload, String rule) {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=30")
        .body("{\"type\":\"export_metrics\",\"max_retries\":0,\"payload\":%s}".formatted(payload))
        .post("/api/tasks")
        .then()
        .body("status", equalTo("failed"))
        .body("error.detail", containsString(rule));
  }
}
