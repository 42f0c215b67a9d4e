package com.sutazai.tasks.workflow;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import com.sutazai.testing.ProductWorker;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A workflow over four agents goes on after its process was killed, and does each step once. */
class WorkflowRestartIT {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final String WORKFLOW =
      """
      {"name": "restart", "input": {"question": "How many rows?"}, "steps": [
        {"id": "load", "type": "data_processing", "payload": {"csv": "n\\n1\\n2\\n3\\n"}},
        {"id": "ask", "type": "inference", "depends_on": ["load"],
         "payload": {"prompt": "{{input.question}} {{steps.load.result.rows}}", "cache": false}},
        {"id": "risky", "type": "count", "depends_on": ["load"], "on_failure": "skip"},
        {"id": "vote", "type": "consensus", "depends_on": ["ask"],
         "payload": {"prompt": "Is it {{steps.ask.result.generated}}?", "samples": 3}},
        {"id": "end", "type": "data_processing", "depends_on": ["vote", "risky"], "on_skipped": "run",
         "payload": {"data": [{"agreement": "{{steps.vote.result.agreement}}", "risky": "{{steps.risky.status}}"}]}}]}
      """;

  @TempDir Path data;

  private static JsonObject read(Product product, String id) throws Exception {
    return new JsonObject(product.get("/api/workflows/" + id).body());
  }

  /** All tasks of the type that there are. */
  private static int tasks(Product product, String type) throws Exception {
    int sum = 0;
    String cursor = "";
    while (cursor != null) {
      JsonObject page =
          new JsonObject(product.get("/api/tasks?limit=500&type=" + type + cursor).body());
      sum += page.getJsonArray("items").size();
      String next = page.getString("next_cursor");
      cursor = next == null ? null : "&cursor=" + next;
    }
    return sum;
  }

  /** Twenty steps, in pairs one after the other. */
  private static String pairs() {
    return IntStream.range(0, 20)
        .mapToObj(
            i ->
                "{\"id\":\"s%d\",\"type\":\"noop\",\"payload\":{\"n\":%d}%s}"
                    .formatted(i, i, i < 2 ? "" : ",\"depends_on\":[\"s" + (i - 2) + "\"]"))
        .collect(joining(",", "{\"name\":\"pairs\",\"steps\":[", "]}"));
  }

  @Test
  void another_process_goes_on_with_those_of_one_that_was_killed() throws Exception {
    // Given
    List<String> ids = new ArrayList<>();
    try (DebianPostgres server = DebianPostgres.start(data)) {
      var environment =
          Map.of(
              "DATABASE_URL",
              server.url(),
              "SUTAZAI_QUEUE_LEASE",
              "3s",
              "SUTAZAI_QUEUE_HEARTBEAT",
              "1s");
      try (Product survivor = Product.up(data.resolve("survivor"), environment)) {
        try (Product victim = Product.up(data.resolve("victim"), environment)) {
          for (int i = 0; i < 30; i++) {
            Product each = i % 2 == 0 ? survivor : victim;
            ids.add(new JsonObject(each.post("/api/workflows", pairs()).body()).getString("id"));
          }

          // When
          victim.kill();
        }

        // Then
        Set<String> tasks = new HashSet<>();
        for (String id : ids) {
          JsonObject workflow =
              await()
                  .atMost(LONG)
                  .until(() -> read(survivor, id), each -> each.getString("completed_at") != null);
          assertThat(workflow.getJsonObject("progress").getInteger("completed")).isEqualTo(20);
          workflow
              .getJsonArray("steps")
              .forEach(step -> tasks.add(((JsonObject) step).getString("task_id")));
        }
        assertThat(tasks).hasSize(30 * 20);
        assertThat(tasks(survivor, "noop")).isEqualTo(30 * 20);
      }
    }
  }

  @Test
  void it_goes_on_where_it_was_killed() throws Exception {
    try (FakeModelServer model = FakeModelServer.start()) {
      // Given
      model.otherwise(FakeModelServer.hang());
      var environment =
          Map.of("OLLAMA_BASE_URL", model.url(), "SUTAZAI_AGENTS_WORKER_LEASE", "10m");
      String id;
      JsonObject risky;
      try (Product first = Product.up(data, environment)) {
        ProductWorker worker = ProductWorker.register(first, "worker");
        id = new JsonObject(first.post("/api/workflows", WORKFLOW).body()).getString("id");
        risky = worker.next();
        await().atMost(LONG).until(() -> !model.requests().isEmpty());

        // When
        first.kill();
      }
      model.reset();
      model.otherwise(FakeModelServer.say("3"));
      try (Product second = Product.up(data, environment)) {
        int refused = new ProductWorker(second, "worker").fail(risky);

        // Then
        assertThat(refused).isEqualTo(200);
        JsonObject workflow =
            await()
                .atMost(LONG)
                .until(() -> read(second, id), each -> each.getString("completed_at") != null);
        assertThat(workflow.getString("status")).as(workflow.encode()).isEqualTo("completed");
        assertThat(workflow.getJsonArray("steps"))
            .extracting(step -> ((JsonObject) step).getString("status"))
            .containsExactly("completed", "completed", "skipped", "completed", "completed");
        for (String type : List.of("inference", "count", "consensus")) {
          assertThat(tasks(second, type)).as(type).isEqualTo(1);
        }
        assertThat(tasks(second, "data_processing")).isEqualTo(2);
        assertThat(model.requests())
            .extracting(request -> request.getString("prompt"))
            .containsExactly("How many rows? 3", "Is it 3?", "Is it 3?", "Is it 3?");
        String end = second.get("/api/workflows/" + id + "/steps/end").body();
        JsonObject columns = new JsonObject(end).getJsonObject("result").getJsonObject("columns");
        assertThat(columns.getJsonObject("agreement").getDouble("mean")).isEqualTo(1);
      }
    }
  }
}
