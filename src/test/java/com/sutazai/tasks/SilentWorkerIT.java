package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a worker that falls silent, and of the task in its hands. */
class SilentWorkerIT {
  @TempDir Path data;

  @Test
  void it_is_offline_and_another_worker_gets_its_task() throws Exception {
    // Given
    var impatient =
        Map.of("SUTAZAI_AGENTS_SILENT_AFTER", "2s", "SUTAZAI_AGENTS_WORKER_LEASE", "2s");
    try (Product product = Product.up(data, impatient)) {
      register(product, "first");
      register(product, "second");
      product.post("/api/tasks", "{\"type\":\"count\",\"payload\":{}}");
      JsonObject taken = next(product, "first");

      // When
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> product.get("/api/agents?q=first").body().contains("\"offline\""));
      register(product, "second");
      JsonObject again = next(product, "second");

      // Then
      assertThat(again.getString("id")).isEqualTo(taken.getString("id"));
      assertThat(again.getInteger("attempt")).isEqualTo(2);
      assertThat(complete(product, taken, "first")).isEqualTo(409);
      assertThat(complete(product, again, "second")).isEqualTo(200);
      assertThat(product.get("/api/tasks/" + taken.getString("id")).body())
          .contains("\"agent\":\"second\"");
    }
  }

  private static void register(Product product, String name) throws Exception {
    product.post(
        "/api/agents/register",
        "{\"agent_name\":\"" + name + "\",\"agent_type\":\"count\",\"capabilities\":[]}");
  }

  private static JsonObject next(Product product, String name) throws Exception {
    var answer = product.post("/api/tasks/next/count?wait=30&agent_name=" + name, "{}");
    assertThat(answer.statusCode()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static int complete(Product product, JsonObject taken, String name) throws Exception {
    return product
        .post(
            "/api/tasks/complete",
            new JsonObject()
                .put("task_id", taken.getString("id"))
                .put("lease", taken.getString("lease"))
                .put("agent_name", name)
                .put("status", "completed")
                .encode())
        .statusCode();
  }
}
