package com.sutazai.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys on two processes, and while their database is away. */
class KeysIT {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  private static int status(Product product, String key) throws Exception {
    return product.get("/v1/models", "Authorization", "Bearer " + key).statusCode();
  }

  private static JsonObject make(Product product, String key, String... scopes) throws Exception {
    String body = new JsonObject().put("name", "made").put("scopes", scopes).encode();
    return new JsonObject(product.post("/api/keys", body, "Authorization", "Bearer " + key).body());
  }

  /** What is told about a task that does not end, as soon as something is. */
  private static CompletableFuture<String> follow(Product product, String key) throws Exception {
    String later = Instant.now().plus(Duration.ofHours(1)).toString();
    String task = new JsonObject().put("type", "noop").put("run_at", later).encode();
    String id =
        new JsonObject(product.post("/api/tasks", task, "Authorization", "Bearer " + key).body())
            .getString("id");
    var begun = new CompletableFuture<Void>();
    var told =
        CompletableFuture.supplyAsync(
            () -> {
              try (HttpClient client = HttpClient.newHttpClient()) {
                return client
                    .send(
                        HttpRequest.newBuilder(product.uri("/api/tasks/" + id + "/events"))
                            .header("Authorization", "Bearer " + key)
                            .build(),
                        head -> {
                          begun.complete(null);
                          return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
                        })
                    .body();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    begun.get(60, TimeUnit.SECONDS);
    return told;
  }

  @Test
  void a_key_is_revoked_everywhere_and_goes_on_while_the_database_is_away() throws Exception {
    try (DebianPostgres server = DebianPostgres.start(folder)) {
      Map<String, String> where = Map.of("DATABASE_URL", server.url());
      try (Product one = Product.up(folder.resolve("one"), where);
          Product two = Product.up(folder.resolve("two"), where)) {
        // Given: the first key closes both
        String admin = make(one, "", "admin").getString("key");
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> two.get("/v1/models").statusCode() == 401);
        JsonObject brief = make(one, admin, "models:use", "tasks:read", "tasks:write");
        String lasting = make(one, admin, "models:use").getString("key");
        assertThat(status(two, brief.getString("key"))).isNotEqualTo(401);
        int before = status(two, lasting);
        var stream = follow(two, brief.getString("key"));

        // When
        try (HttpClient client = HttpClient.newHttpClient()) {
          client.send(
              HttpRequest.newBuilder(one.uri("/api/keys/" + brief.getString("id")))
                  .header("Authorization", "Bearer " + admin)
                  .DELETE()
                  .build(),
              HttpResponse.BodyHandlers.ofString());
        }

        // Then
        assertThat(status(one, brief.getString("key"))).isEqualTo(401);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> status(two, brief.getString("key")) == 401);
        assertThat(stream.get(60, TimeUnit.SECONDS))
            .contains("event: task.pending")
            .contains("event: error")
            .contains("The key was revoked.");

        // When
        server.stop();

        // Then
        await()
            .during(Duration.ofSeconds(8))
            .atMost(Duration.ofSeconds(60))
            .until(() -> status(two, lasting) == before);
        assertThat(status(two, "sk-sutazai-0123456789ab-" + "x".repeat(43))).isEqualTo(503);
      }
    }
  }
}
