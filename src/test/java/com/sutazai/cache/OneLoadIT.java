package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.DebianRedis;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processes are asked the same at once: with leases in Redis, and in the database alone. */
class OneLoadIT {
  private static final Duration FOREVER = Duration.ofMinutes(1);
  private static final int CALLERS = 20;

  private static Path folder;
  private static DebianPostgres database;
  private static DebianRedis redis;
  private static FakeModelServer models;

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    redis = DebianRedis.start(folder);
    database = DebianPostgres.start(folder);
    models = FakeModelServer.start();
    models.models("tinyllama:latest");
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {models, database, redis}) {
      if (each != null) {
        each.close();
      }
    }
  }

  /** A process that knows its models already. */
  private static Product up(boolean withRedis) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_URL", database.url());
    environment.put("OLLAMA_BASE_URL", models.url());
    environment.put("SUTAZAI_INFERENCE_FIRST_BYTE_TIMEOUT", "10m"); // it answers when it is told to
    environment.put("SUTAZAI_CACHE_MODEL_LEASE", "10s"); // what is slow is not gone
    environment.put("SUTAZAI_CACHE_MODEL_DATABASE_TIMEOUT", "1m");
    environment.put("SUTAZAI_CACHE_REDIS_TIMEOUT", "10s");
    if (withRedis) {
      environment.put("REDIS_URL", redis.url());
    }
    Product product = Product.up(Files.createTempDirectory(folder, "process"), environment);
    product.post("/generate", "{\"prompt\":\"known?\",\"cache\":false}");
    return product;
  }

  private static String prompt(String text, boolean withRedis) {
    return new JsonObject().put("prompt", text + withRedis).encode();
  }

  private static long awaited(Product at) throws Exception {
    return new JsonObject(at.get("/api/cache/stats").body())
        .getJsonArray("regions").stream()
            .map(JsonObject.class::cast)
            .filter(each -> each.getString("region").equals("model"))
            .mapToLong(each -> each.getLong("awaited"))
            .sum();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_model_is_asked_once_for_all(boolean withRedis) throws Exception {
    // Given
    try (Product here = up(withRedis);
        Product there = up(withRedis)) {
      CountDownLatch release = new CountDownLatch(1);
      models.next(
          exchange -> {
            release.await();
            FakeModelServer.say("one", " call").play(exchange);
          });
      int asked = models.requests().size();
      List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Product at = i % 2 == 0 ? here : there;
        calls.add(() -> at.post("/generate", prompt("once", withRedis)));
      }

      // When
      List<String> answers = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var waiting = calls.stream().map(each -> threads.submit(each)).toList();
        await().atMost(FOREVER).until(() -> awaited(here) + awaited(there) == 1);
        release.countDown();
        for (Future<HttpResponse<String>> answer : waiting) {
          answers.add(new JsonObject(answer.get().body()).getString("generated"));
        }
      }

      // Then
      assertThat(answers).hasSize(CALLERS).containsOnly("one call");
      assertThat(models.requests()).hasSize(asked + 1);
      assertThat(awaited(here) + awaited(there)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void when_the_one_that_asks_is_killed_the_other_asks(boolean withRedis) throws Exception {
    // Given
    try (Product here = up(withRedis);
        Product there = up(withRedis);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      models.next(FakeModelServer.hang(), FakeModelServer.say("second"));
      int asked = models.requests().size();
      threads.submit(() -> here.post("/generate", prompt("killed", withRedis)));
      await().atMost(FOREVER).until(() -> models.requests().size() == asked + 1);
      var answer = threads.submit(() -> there.post("/generate", prompt("killed", withRedis)));
      await().atMost(FOREVER).until(() -> awaited(there) == 1);

      // When
      here.kill();

      // Then
      JsonObject told = new JsonObject(answer.get().body());
      assertThat(told.getString("generated")).isEqualTo("second");
      assertThat(told.getBoolean("cached")).isFalse();
      assertThat(models.requests()).hasSize(asked + 2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_stream_does_not_wait(boolean withRedis) throws Exception {
    // Given
    try (Product here = up(withRedis);
        Product there = up(withRedis);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      models.next(FakeModelServer.hang(), FakeModelServer.say("streamed"));
      int asked = models.requests().size();
      String prompt =
          new JsonObject()
              .put("prompt", "stream" + withRedis)
              .put("options", new JsonObject().put("num_predict", 5))
              .encode();
      threads.submit(() -> here.post("/generate", prompt));
      await().atMost(FOREVER).until(() -> models.requests().size() == asked + 1);

      // When
      var answer = there.post("/generate/stream", prompt);

      // Then
      assertThat(answer.body()).contains("streamed");
      here.kill();
    }
  }
}
