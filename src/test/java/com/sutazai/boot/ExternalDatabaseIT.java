package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Ports;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product on a server of the user's own, of the oldest version that it supports. */
class ExternalDatabaseIT {
  @TempDir Path folder;

  @Test
  void tasks_run_there_and_no_server_of_our_own_is_made() throws Exception {
    // Given
    Path data = folder.resolve("data");
    try (DebianPostgres server = DebianPostgres.start(folder);
        Product product = Product.up(data, Map.of("DATABASE_URL", server.url()))) {

      // When
      var answer = product.post("/api/tasks", "{\"type\":\"noop\"}", "Prefer", "wait=30");

      // Then
      assertThat(new JsonObject(answer.body()).getString("status")).isEqualTo("completed");
      assertThat(data).doesNotExist();
    }
  }

  @Test
  void a_start_that_waits_for_the_server_can_be_stopped() throws Exception {
    // Given
    String nobody = "postgresql://user:password@127.0.0.1:" + Ports.free() + "/sutazai";
    Product product = Product.start(folder.resolve("data"), Map.of("DATABASE_URL", nobody));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> product.log().contains("Bringing the schema up to date"));

    // When
    int status = product.stop();

    // Then
    assertThat(status).isEqualTo(143);
    assertThat(product.log()).as("it did not wait to its end").doesNotContain("cannot start");
  }

  @Test
  void it_waits_out_a_restart_of_the_server() throws Exception {
    // Given
    try (DebianPostgres server = DebianPostgres.start(folder);
        Product product =
            Product.up(folder.resolve("data"), Map.of("DATABASE_URL", server.url()))) {
      String before =
          new JsonObject(product.post("/api/tasks", "{\"type\":\"noop\"}").body()).getString("id");

      String agent =
          "/api/agents/"
              + new JsonObject(
                      product.post("/api/agents", "{\"name\":\"known\",\"type\":\"test\"}").body())
                  .getString("id");
      assertThat(product.get(agent).statusCode()).isEqualTo(200);

      // When
      server.stop();
      await()
          .atMost(Duration.ofMinutes(1)) // of a session that just ended nothing may be known
          .untilAsserted(
              () -> {
                var refused = product.post("/api/tasks", "{\"type\":\"noop\"}");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.body()).contains("database_unavailable");
              });
      assertThat(product.get("/health").statusCode()).isEqualTo(200);
      assertThat(product.get("/q/health/live").statusCode()).isEqualTo(200);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> product.get("/q/health/ready").statusCode() == 503);
      var known = product.get(agent);
      assertThat(known.statusCode()).as("known here, which is better than nothing").isEqualTo(200);
      assertThat(known.headers().firstValue("Age")).isPresent();
      assertThat(product.get(agent, "Cache-Control", "no-cache").statusCode()).isEqualTo(503);
      server.start();

      // Then
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> product.post("/api/tasks", "{\"type\":\"noop\"}").statusCode() == 202);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> product.get("/api/tasks/" + before).body().contains("\"completed\""));
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> product.get("/q/health/ready").statusCode() == 200);
    }
  }
}
