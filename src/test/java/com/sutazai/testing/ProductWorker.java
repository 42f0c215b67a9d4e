package com.sutazai.testing;

import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** A worker outside of the program that takes tasks of type {@code count} and reports them done. */
public record ProductWorker(Product product, String name) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  public static ProductWorker register(Product product, String name) throws Exception {
    product.post(
        "/api/agents/register",
        "{\"agent_name\":\"" + name + "\",\"agent_type\":\"count\",\"capabilities\":[]}");
    return new ProductWorker(product, name);
  }

  /** The next task; waits for one. */
  public JsonObject next() {
    var answer =
        await()
            .atMost(PATIENCE)
            .until(
                () -> product.post("/api/tasks/next/count?wait=30&agent_name=" + name, "{}"),
                each -> each.statusCode() == 200);
    return new JsonObject(answer.body());
  }

  /** Reports the task that was taken as completed; the status of the answer. */
  public int complete(JsonObject taken) throws Exception {
    return report(taken, new JsonObject().put("status", "completed"));
  }

  /** Reports that the task that was taken cannot be done; the status of the answer. */
  public int fail(JsonObject taken) throws Exception {
    return report(
        taken,
        new JsonObject().put("status", "failed").put("error", "no luck").put("retryable", false));
  }

  private int report(JsonObject taken, JsonObject report) throws Exception {
    report
        .put("task_id", taken.getString("id"))
        .put("lease", taken.getString("lease"))
        .put("agent_name", name);
    return product.post("/api/tasks/complete", report.encode()).statusCode();
  }
}
