package com.sutazai.security.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Midnight;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one PostgreSQL server share what a key may ask for. */
class QuotasAcrossProcessesIT {
  private static final String ADMIN = "0123456789abcdef0123456789abcdef";
  private static final int LIMIT = 120;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONGER_THAN_A_SETTLEMENT = Duration.ofMillis(1_500);

  private static Path folder;
  private static DebianPostgres database;
  private static FakeModelServer models;
  private static Product here;
  private static Product there;

  private final HttpClient client = HttpClient.newHttpClient();

  /** A key, and where its limits are. */
  private record Key(String secret, String path) {}

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    database = DebianPostgres.start(folder);
    models = FakeModelServer.start();
    here = up("here");
    there = up("there");
    for (Product each : List.of(here, there)) {
      await()
          .atMost(PATIENCE)
          .until(() -> each.get("/metrics", admin()).body().contains("quota_processes 2.0"));
    }
  }

  private static Product up(String name) throws Exception {
    return Product.up(
        folder.resolve(name),
        Map.of(
            "DATABASE_URL",
            database.url(),
            "OLLAMA_BASE_URL",
            models.url(),
            "SUTAZAI_ADMIN_KEY",
            ADMIN));
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {here, there, models, database}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static String[] admin() {
    return bearer(ADMIN);
  }

  private static String[] bearer(String key) {
    return new String[] {"Authorization", "Bearer " + key};
  }

  private Key limited(String limits) throws Exception {
    var made =
        new JsonObject(
            here.post(
                    "/api/keys",
                    """
                    {"name": "test", "owner": "alice", "scopes": ["tasks:read", "models:use"]}\
                    """,
                    admin())
                .body());
    Key key = new Key(made.getString("key"), "/api/keys/" + made.getString("id") + "?owner=alice");
    var answer =
        client.send(
            HttpRequest.newBuilder(here.uri(key.path()))
                .headers(admin())
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"limits\":" + limits + "}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return key;
  }

  private static long left(Product at, Key key, String limit) throws Exception {
    JsonArray left = new JsonObject(at.get(key.path(), admin()).body()).getJsonArray("left");
    return left.stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("name").equals(limit))
        .mapToLong(each -> each.getLong("left"))
        .sum();
  }

  private static int status(Product at, Key key) {
    try {
      return at.get("/api/auth/me", bearer(key.secret())).statusCode();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void both_together_let_through_no_more_than_the_bound() throws Exception {
    // Given
    Key key = limited("{\"requests_per_minute\":" + LIMIT + "}");
    AtomicInteger letThrough = new AtomicInteger();
    long start = System.nanoTime();

    // When
    List<CompletableFuture<Void>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 600; i++) {
        Product at = i % 2 == 0 ? here : there;
        all.add(
            CompletableFuture.runAsync(
                () -> letThrough.addAndGet(status(at, key) == 200 ? 1 : 0), threads));
      }
      all.forEach(CompletableFuture::join);
    }

    // Then
    double refilled = (System.nanoTime() - start) / 1e9 * LIMIT / 60;
    assertThat(letThrough.get())
        .isGreaterThanOrEqualTo(LIMIT / 2)
        .isLessThanOrEqualTo((int) (LIMIT + refilled + LIMIT / 2.0 + 1));
  }

  @Test
  void what_one_let_through_the_other_hears_of() throws Exception {
    // Given
    // One comes back in 15 seconds: later than there hears of it, and what comes back here is
    // taken.
    Key key = limited("{\"requests_per_minute\":4}");
    assertThat(status(there, key)).isEqualTo(200);

    // When, then
    await()
        .atMost(PATIENCE)
        .until(() -> status(here, key) == 429 && left(there, key, "requests_per_minute") == 0);
    assertThat(status(there, key)).isEqualTo(429);
  }

  @Test
  void counts_of_the_day_survive_a_kill() throws Exception {
    // Given
    Midnight.keepAway(PATIENCE.multipliedBy(5));
    Key key = limited("{\"tokens_per_day\":100000}");
    models.next(FakeModelServer.slowly(LONGER_THAN_A_SETTLEMENT, "Hello", " world"));
    var answer = there.post("/generate", "{\"prompt\":\"once\"}", bearer(key.secret()));
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonObject usage = new JsonObject(answer.body()).getJsonObject("usage");
    long left = 100_000 - usage.getLong("prompt_tokens") - usage.getLong("completion_tokens");
    await().atMost(PATIENCE).until(() -> left(here, key, "tokens_per_day") == left);

    // When
    there.kill();
    there = up("again");

    // Then
    await().atMost(PATIENCE).until(() -> left(there, key, "tokens_per_day") == left);
  }
}
