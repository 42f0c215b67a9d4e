package com.sutazai.security.quota;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.sutazai.security.ClosedMode;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Midnight;
import com.sutazai.testing.ModelServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
@TestProfile(ClosedMode.class)
class QuotasTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FakeModelServer models = ModelServer.fake();
  private final MeterRegistry registry;

  QuotasTest(MeterRegistry registry) {
    this.registry = registry;
  }

  @BeforeEach
  void oneDay() throws InterruptedException {
    Midnight.keepAway(Duration.ofMinutes(3));
  }

  @BeforeEach
  void serverIsWell() {
    models.reset();
  }

  /** A key, and where its limits are. */
  private record Key(String secret, String path) {
    static Key limited(String limits) {
      String owner = "owner-" + UUID.randomUUID();
      JsonPath made =
          ClosedMode.newKey(
              Map.of(
                  "name",
                  "test",
                  "owner",
                  owner,
                  "scopes",
                  new String[] {"tasks:read", "tasks:write", "models:use", "agents:read"}));
      Key key =
          new Key(made.getString("key"), "/api/keys/" + made.getString("id") + "?owner=" + owner);
      key.limit(limits).then().statusCode(200);
      return key;
    }

    Response limit(String limits) {
      return admin()
          .contentType("application/json")
          .body("{\"limits\":" + limits + "}")
          .patch(path);
    }

    Response get(String route) {
      return with(secret).get(route);
    }

    Response post(String route, String body) {
      return with(secret).contentType("application/json").body(body).post(route);
    }

    int left(String limit) {
      return admin().get(path).jsonPath().getInt("left.find {it.name == '" + limit + "'}.left");
    }
  }

  private static String prompt() {
    return "{\"prompt\":\"" + UUID.randomUUID() + "\",\"options\":{\"num_predict\":100}}";
  }

  @Test
  void requests_past_the_limit_are_refused_with_when_to_come_again() {
    // Given
    Key key = Key.limited("{\"requests_per_minute\":2}");
    key.get("/api/tasks")
        .then()
        .statusCode(200)
        .header("RateLimit-Policy", "\"requests\";q=2;w=60")
        .header("RateLimit", matchesPattern("\"requests\";r=1;t=(30|[12]?\\d)"));
    key.get("/api/tasks")
        .then()
        .statusCode(200)
        .header("RateLimit", startsWith("\"requests\";r=0"));

    // When
    Response third = key.get("/api/tasks");

    // Then
    third
        .then()
        .statusCode(429)
        .contentType("application/problem+json")
        .body("code", equalTo("quota_exceeded"))
        .body("detail", containsString("limits.requests_per_minute"))
        .body("detail", containsString("sutazai.quotas.requests-per-minute"))
        .header("RateLimit", startsWith("\"requests\";r=0"));
    assertThat(Integer.parseInt(third.header("Retry-After"))).isBetween(1, 30);
  }

  @Test
  void foreign_doors_refuse_in_their_own_words() {
    // Given
    Key key = Key.limited("{\"requests_per_minute\":1}");
    key.get("/v1/models")
        .then()
        .statusCode(200)
        .header("x-ratelimit-limit-requests", "1")
        .header("x-ratelimit-remaining-requests", "0")
        .header("x-ratelimit-reset-requests", matchesPattern("(60|[1-5]?\\d)s"));

    // When, then
    key.get("/v1/models")
        .then()
        .statusCode(429)
        .body("error.code", equalTo("rate_limit_exceeded"))
        .body("error.type", equalTo("rate_limit_error"));
    key.get("/api/tags").then().statusCode(429).body("error", containsString("requests a minute"));
  }

  @Test
  void a_key_without_limits_and_the_admin_s_see_none() {
    // Given
    Key key = Key.limited("{}");

    // When, then
    key.get("/api/tasks").then().statusCode(200).header("RateLimit", nullValue());
    admin().get("/api/tasks").then().statusCode(200).header("RateLimit", nullValue());
    key.get("/api/auth/me").then().statusCode(200).body("quotas", empty());
  }

  @Test
  void an_answer_s_tokens_are_counted_as_measured() {
    // Given
    Key key = Key.limited("{\"tokens_per_minute\":100000,\"tokens_per_day\":500000}");
    models.next(FakeModelServer.say("a", "b", "c"));

    // When
    JsonPath answer = key.post("/generate", prompt()).then().statusCode(200).extract().jsonPath();

    // Then
    int used = answer.getInt("usage.prompt_tokens") + answer.getInt("usage.completion_tokens");
    assertThat(used).isPositive();
    assertThat(key.left("tokens_per_day")).isEqualTo(500_000 - used);
    key.get("/api/auth/me").then().body("quotas.name", hasItem("tokens_per_minute"));
  }

  @Test
  void a_streamed_answer_s_tokens_are_counted_as_measured() {
    // Given
    Key key = Key.limited("{\"tokens_per_day\":500000}");
    models.next(FakeModelServer.say("a", "b", "c"));

    // When
    String events =
        key.post("/generate/stream", prompt()).then().statusCode(200).extract().asString();

    // Then
    String last = events.lines().filter(line -> line.contains("usage")).findFirst().orElseThrow();
    JsonPath done = JsonPath.from(last.substring("data: ".length()));
    int used = done.getInt("usage.prompt_tokens") + done.getInt("usage.completion_tokens");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(key.left("tokens_per_day")).isEqualTo(500_000 - used));
  }

  @Test
  void an_answer_that_is_kept_costs_nothing() {
    // Given
    Key key = Key.limited("{\"tokens_per_day\":500000}");
    String prompt = prompt();
    key.post("/generate", prompt).then().statusCode(200).body("cached", equalTo(false));
    int left = key.left("tokens_per_day");

    // When
    key.post("/generate", prompt).then().statusCode(200).body("cached", equalTo(true));

    // Then
    assertThat(key.left("tokens_per_day")).isEqualTo(left);
  }

  @Test
  void a_request_that_may_cost_more_than_is_left_does_not_reach_the_model() {
    // Given
    Key key = Key.limited("{\"tokens_per_day\":150}");
    key.post("/generate", prompt()).then().statusCode(200);
    key.limit("{\"tokens_per_day\":50}");
    int asked = models.requests().size();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(key.left("tokens_per_day")).isLessThan(50));

    // When
    Response second = key.post("/generate", prompt());

    // Then
    second.then().statusCode(429).body("detail", containsString("tokens_per_day"));
    assertThat(Integer.parseInt(second.header("Retry-After"))).isBetween(1, 86_400);
    assertThat(models.requests()).hasSize(asked);
  }

  @Test
  void a_failed_request_costs_nothing() {
    // Given
    Key key = Key.limited("{\"tokens_per_day\":500000}");
    models.otherwise(FakeModelServer.status(400, "no"));

    // When
    key.post("/generate", prompt()).then().statusCode(400);

    // Then
    assertThat(key.left("tokens_per_day")).isEqualTo(500_000);
  }

  @Test
  void one_generation_too_many_at_once_is_refused_and_the_next_is_not() {
    // Given
    Key key = Key.limited("{\"concurrent_generations\":1}");
    CountDownLatch refused = new CountDownLatch(1);
    models.otherwise(untilDone(refused));
    var first = CompletableFuture.supplyAsync(() -> key.post("/generate", prompt()));
    await().atMost(PATIENCE).until(() -> key.left("concurrent_generations") == 0);

    // When
    Response second = key.post("/generate", prompt());
    refused.countDown();

    // Then
    second.then().statusCode(429).body("detail", containsString("concurrent_generations"));
    assertThat(Integer.parseInt(second.header("Retry-After"))).isBetween(1, 60);
    first.join().then().statusCode(200);
    key.post("/generate", prompt()).then().statusCode(200);
  }

  /** An answer that goes on until then. */
  private static FakeModelServer.Script untilDone(CountDownLatch then) {
    return exchange -> {
      exchange.head();
      do {
        exchange.token("on and ");
      } while (!then.await(100, TimeUnit.MILLISECONDS));
      exchange.done(7, 1);
    };
  }

  @Test
  void tasks_past_the_limit_are_refused_together() {
    // Given
    Key key = Key.limited("{\"waiting_tasks\":2}");
    String task = "{\"type\":\"noop\"}";

    // When
    Response bulk = key.post("/api/tasks/bulk", "{\"tasks\":[%1$s,%1$s,%1$s]}".formatted(task));

    // Then
    bulk.then().statusCode(429).body("detail", containsString("waiting_tasks"));
    assertThat(bulk.header("Retry-After")).isNotNull();
    key.post("/api/tasks", task).then().statusCode(202);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"requests_per_minute\":0};limits.requests_per_minute",
        "{\"requests_per_minute\":1.5};limits.requests_per_minute",
        "{\"weight\":101};limits.weight",
        "{\"requests\":1};limits.requests",
        "7;limits",
      })
  void limits_that_break_a_rule_are_refused(String limits, String field) {
    Key.limited("{}").limit(limits).then().statusCode(400).body("field", equalTo(field));
  }

  private static Response make(String limits) {
    return admin()
        .contentType("application/json")
        .body(
            "{\"name\":\"test\",\"owner\":\"limited\",\"scopes\":[\"agents:read\"],\"limits\":"
                + limits
                + "}")
        .post("/api/keys");
  }

  @Test
  void a_key_may_be_made_with_limits() {
    // When
    JsonPath made =
        make("{\"requests_per_minute\":2,\"weight\":3}")
            .then()
            .statusCode(201)
            .body("limits.requests_per_minute", equalTo(2))
            .body("limits.weight", equalTo(3))
            .body("limits.tokens_per_day", nullValue())
            .extract()
            .jsonPath();

    // Then
    String secret = made.getString("key");
    with(secret).get("/api/agents").then().statusCode(200);
    with(secret).get("/api/agents").then().statusCode(200);
    with(secret).get("/api/agents").then().statusCode(429);
    make("null").then().statusCode(201).body("limits.requests_per_minute", nullValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"requests_per_minute\":0};limits.requests_per_minute",
        "{\"requests_per_minute\":1.5};limits.requests_per_minute",
        "{\"requests\":1};limits.requests",
        "[];limits",
      })
  void a_key_is_not_made_with_limits_that_break_a_rule(String limits, String field) {
    make(limits).then().statusCode(400).body("field", equalTo(field));
  }

  @Test
  void a_patch_changes_what_it_names() {
    // Given
    Key key = Key.limited("{\"requests_per_minute\":100,\"weight\":3}");

    // When, then
    key.limit("{\"weight\":null,\"tokens_per_day\":5}")
        .then()
        .statusCode(200)
        .body("limits.requests_per_minute", equalTo(100))
        .body("limits.tokens_per_day", equalTo(5))
        .body("limits.weight", nullValue());
    key.limit("null").then().statusCode(200).body("limits.requests_per_minute", nullValue());
  }

  private long statements() {
    return registry.find("db_query_duration").timers().stream()
        .filter(
            timer -> String.valueOf(timer.getId().getTag("statement")).matches("(quota|api_key).*"))
        .mapToLong(Timer::count)
        .sum();
  }

  @Test
  void a_warm_request_asks_the_database_nothing() {
    // Given
    Key key = Key.limited("{\"requests_per_minute\":1000000,\"tokens_per_minute\":1000000}");
    key.get("/api/auth/me").then().statusCode(200);
    long before = statements();
    long start = System.nanoTime();

    // When
    for (int i = 0; i < 500; i++) {
      key.get("/api/auth/me").then().statusCode(200);
    }

    // Then: what is settled once a second and looked up beside the requests
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    assertThat(statements() - before).isLessThan(50 + 2 * seconds);
  }

  @Test
  void refusals_are_counted_by_limit() {
    // Given
    double before = registry.counter("quota_refused", "limit", "requests_per_minute").count();
    Key key = Key.limited("{\"requests_per_minute\":1}");
    key.get("/api/tasks").then().statusCode(200);

    // When
    key.get("/api/tasks").then().statusCode(429);

    // Then
    double after = registry.counter("quota_refused", "limit", "requests_per_minute").count();
    assertThat(after - before).isEqualTo(1);
    admin()
        .get("/metrics")
        .then()
        .body(containsString("quota_refused_total{limit=\"waiting_tasks\"}"));
  }
}
