package com.sutazai.cache;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.DebianRedis;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one PostgreSQL server and one Redis. */
class CacheAcrossProcessesIT {
  /** Only ends a test whose change is never heard. */
  private static final Duration FOREVER = Duration.ofMinutes(1);

  private static final int CHANGES = 100;

  /** So many that one in a hundred of them is not chance. */
  private static final int HEARD = 500;

  private static DebianPostgres database;
  private static DebianRedis redis;
  private static FakeModelServer models;
  private static Product here;
  private static Product there;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    redis = DebianRedis.start(folder);
    database = DebianPostgres.start(folder);
    models = FakeModelServer.start();
    models.models("tinyllama:latest");
    here = Product.up(folder.resolve("here"), environment());
    there = Product.up(folder.resolve("there"), environment());
  }

  private static Map<String, String> environment() {
    return Map.of(
        "DATABASE_URL",
        database.url(),
        "REDIS_URL",
        redis.url(),
        "SUTAZAI_CACHE_REDIS_TIMEOUT",
        "10s", // a slow one is not done without
        "OLLAMA_BASE_URL",
        models.url());
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {here, there, models, database, redis}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static String agent(String name) throws Exception {
    var made = here.post("/api/agents", "{\"name\":\"%s\",\"type\":\"test\"}".formatted(name));
    return "/api/agents/" + new JsonObject(made.body()).getString("id");
  }

  private HttpResponse<String> patch(Product at, String path, int number) throws Exception {
    return client.send(
        HttpRequest.newBuilder(at.uri(path))
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString("{\"config\":{\"n\":" + number + "}}"))
            .build(),
        BodyHandlers.ofString());
  }

  private static int number(HttpResponse<String> agent) {
    return new JsonObject(agent.body()).getJsonObject("config").getInteger("n", 0);
  }

  private static long hits(Product at, String region, String tier) throws Exception {
    return new JsonObject(at.get("/api/cache/stats").body())
        .getJsonArray("regions").stream()
            .map(JsonObject.class::cast)
            .filter(each -> each.getString("region").equals(region))
            .mapToLong(each -> each.getJsonObject("hits").getLong(tier))
            .sum();
  }

  @Test
  void a_change_here_is_read_there() throws Exception {
    // Given
    String path = agent("changed");
    double[] late = new double[HEARD];

    // When
    for (int i = 1; i <= HEARD; i++) {
      there.get(path);
      patch(here, path, i);
      late[i - 1] = staleFor(path, i, System.nanoTime());

      // Then
      assertThat(number(here.get(path))).as("read where it was written").isEqualTo(i);
    }
    Arrays.sort(late);
    System.out.printf(
        "%d changes, of which %d were not known to the other process at its next read; the last read that found"
            + " the older one began after: p50 %.1f, p95 %.1f, p99 %.1f, most %.1f ms%n",
        HEARD,
        Arrays.stream(late).filter(each -> each > 0).count(),
        late[HEARD / 2],
        late[HEARD * 95 / 100],
        late[HEARD * 99 / 100],
        late[HEARD - 1]);
  }

  /**
   * Milliseconds from the answer to the change to the beginning of the last read there that still
   * found an older number; reads follow one another at once. 0 when the first one found it.
   */
  private static double staleFor(String path, int number, long changed) throws Exception {
    long lastStale = changed;
    long began = System.nanoTime();
    while (number(there.get(path)) < number) {
      lastStale = began;
      assertThat(began - changed).isLessThan(FOREVER.toNanos());
      began = System.nanoTime();
    }
    return (lastStale - changed) / 1e6;
  }

  @Test
  void who_asks_for_it_reads_the_change_there_at_once() throws Exception {
    // Given
    String path = agent("asked");

    for (int i = 1; i <= CHANGES; i++) {
      there.get(path);

      // When
      var written = patch(here, path, i);
      String tag = written.headers().firstValue("ETag").orElseThrow();

      // Then
      if (i % 2 == 0) {
        assertThat(number(there.get(path, "Cache-Control", "no-cache"))).isEqualTo(i);
      } else {
        assertThat(there.get(path, "If-None-Match", tag).statusCode()).isEqualTo(304);
      }
    }
  }

  @Test
  void what_one_process_read_the_other_finds_in_redis() throws Exception {
    // Given
    String path = agent("shared");
    Set<String> others = entries("response");
    await()
        .atMost(FOREVER)
        .until(
            () -> {
              here.get(path);
              return !others.containsAll(entries("response"));
            });
    long before = hits(there, "response", "redis");

    // When
    var found = there.get(path);

    // Then
    assertThat(found.headers().firstValue("X-Cache")).contains("HIT");
    assertThat(hits(there, "response", "redis")).isEqualTo(before + 1);
  }

  /** Keys of the entries of a region in Redis. */
  private static Set<String> entries(String region) throws Exception {
    return redis
        .command("--scan", "--pattern", "*" + region + ":*")
        .lines()
        .filter(line -> line.contains(region + ":"))
        .collect(toSet());
  }

  @Test
  void an_answer_of_a_model_serves_both() throws Exception {
    // Given
    String prompt = "{\"prompt\":\"both\"}";
    Set<String> others = entries("model");
    models.next(FakeModelServer.say("once"));
    here.post("/generate", prompt);
    await().atMost(FOREVER).until(() -> !others.containsAll(entries("model")));
    int asked = models.requests().size();

    // When
    var answer = new JsonObject(there.post("/generate", prompt).body());

    // Then
    assertThat(answer.getBoolean("cached")).isTrue();
    assertThat(answer.getString("generated")).isEqualTo("once");
    assertThat(models.requests()).hasSize(asked);
  }

  @Test
  void a_profile_that_one_process_measured_is_known_to_the_next_on_this_machine() throws Exception {
    // Given
    String path = "/api/models/profile?name=tinyllama";
    var measured = new JsonObject(here.get(path).body());
    await().atMost(FOREVER).until(() -> !entries("report").isEmpty());
    int asked = models.requests().size();

    // When
    var told = new JsonObject(there.get(path).body());

    // Then
    assertThat(told.getString("measured_at")).isEqualTo(measured.getString("measured_at"));
    assertThat(told.getJsonArray("levels")).isEqualTo(measured.getJsonArray("levels"));
    assertThat(models.requests()).hasSize(asked);
  }

  @Test
  void a_process_that_is_set_to_use_no_answer_again_asks_each_time(@TempDir Path folder)
      throws Exception {
    // Given
    String prompt = "{\"prompt\":\"each time\"}";
    here.post("/generate", prompt);
    Map<String, String> settings = new HashMap<>(environment());
    settings.put("SUTAZAI_INFERENCE_CACHE_NATIVE", "off");
    int asked = models.requests().size();

    // When
    try (Product off = Product.up(folder, settings)) {
      for (int i = 1; i <= 2; i++) {
        var answer = off.post("/generate", prompt);

        // Then
        assertThat(new JsonObject(answer.body()).getBoolean("cached")).isFalse();
        assertThat(answer.headers().firstValue("X-Cache")).isEmpty();
        assertThat(models.requests()).hasSize(asked + i);
      }
    }
  }

  @Test
  void a_task_whose_agent_was_deleted_here_is_read_anew_there() throws Exception {
    // Given
    String type = "deleted-worker";
    var made =
        here.post(
            "/api/agents/register",
            "{\"agent_name\":\"%s\",\"agent_type\":\"%s\"}".formatted(type, type));
    String agent = new JsonObject(made.body()).getString("agent_id");
    var taken =
        here.post("/api/tasks", "{\"type\":\"%s\",\"agent_id\":\"%s\"}".formatted(type, agent));
    String task = "/api/tasks/" + new JsonObject(taken.body()).getString("id");
    here.post(task + "/cancel", "");
    await()
        .atMost(FOREVER)
        .until(() -> there.get(task).headers().firstValue("X-Cache").orElse("").equals("HIT"));
    assertThat(there.get(task).body()).contains(agent);

    // When
    delete(here, "/api/agents/" + agent);

    // Then
    await()
        .atMost(FOREVER)
        .until(() -> new JsonObject(there.get(task).body()).getString("agent_id") == null);
  }

  private void delete(Product at, String path) throws Exception {
    client.send(HttpRequest.newBuilder(at.uri(path)).DELETE().build(), BodyHandlers.discarding());
  }

  @Test
  void without_redis_everything_goes_on() throws Exception {
    // Given
    String path = agent("without");
    redis.kill();

    // When, then
    try {
      for (int i = 1; i <= 20; i++) {
        patch(here, path, i);
        assertThat(number(here.get(path))).isEqualTo(i);
        assertThat(number(there.get(path, "Cache-Control", "no-cache"))).isEqualTo(i);
      }
      assertThat(here.get("/api/cache/stats").body()).contains("\"redis\"");
    } finally {
      redis.start();
    }
    for (Product each : List.of(here, there)) {
      await().atMost(FOREVER).until(() -> hasRedis(each));
    }
  }

  private static boolean hasRedis(Product product) throws Exception {
    return new JsonObject(product.get("/api/cache/stats").body())
        .getJsonArray("tiers").stream()
            .map(JsonObject.class::cast)
            .anyMatch(
                tier ->
                    tier.getString("tier").equals("redis") && tier.getString("state").equals("up"));
  }
}
