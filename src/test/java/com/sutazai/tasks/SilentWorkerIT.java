package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.Product;
import com.sutazai.testing.ProductWorker;
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
        Map.of("SUTAZAI_AGENTS_SILENT_AFTER", "10s", "SUTAZAI_AGENTS_WORKER_LEASE", "10s");
    try (Product product = Product.up(data, impatient)) {
      ProductWorker first = ProductWorker.register(product, "first");
      ProductWorker second = ProductWorker.register(product, "second");
      product.post("/api/tasks", "{\"type\":\"count\",\"payload\":{}}");
      JsonObject taken = first.next();

      // When
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> product.get("/api/agents?q=first").body().contains("\"offline\""));
      ProductWorker.register(product, "second");
      JsonObject again = second.next();

      // Then
      assertThat(again.getString("id")).isEqualTo(taken.getString("id"));
      assertThat(again.getInteger("attempt")).isEqualTo(2);
      assertThat(first.complete(taken)).isEqualTo(409);
      assertThat(second.complete(again)).isEqualTo(200);
      assertThat(product.get("/api/tasks/" + taken.getString("id")).body())
          .contains("\"agent\":\"second\"");
    }
  }
}
