package com.sutazai.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Product;
import com.sutazai.testing.ProductWorker;
import io.vertx.core.json.JsonObject;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one database. */
class ClusterIT {
  @TempDir Path folder;

  private Product up(DebianPostgres server, String... settings) throws Exception {
    Map<String, String> environment = new HashMap<>(Map.of("DATABASE_URL", server.url()));
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(settings[i], settings[i + 1]);
    }
    return Product.up(folder.resolve("data"), environment);
  }

  @Test
  void a_task_that_one_takes_in_wakes_the_other() throws Exception {
    // Given
    try (DebianPostgres server = DebianPostgres.start(folder);
        Product door = up(server, "SUTAZAI_QUEUE_WORKERS", "0");
        Product engine = up(server, "SUTAZAI_QUEUE_POLL_INTERVAL", "1h")) {

      // When
      // Then: once the door has seen that somebody listens, a signal reaches it long before its
      // poll
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  new JsonObject(
                          door.post("/api/tasks", "{\"type\":\"noop\"}", "Prefer", "wait=5").body())
                      .getString("status")
                      .equals("completed"));
      assertThat(engine.get("/metrics").body()).contains("agent_request_total{agent=\"noop\"");
    }
  }

  @Test
  void tasks_of_a_killed_process_are_run_by_the_other() throws Exception {
    // Given
    String[] impatient = {"SUTAZAI_QUEUE_LEASE", "3s", "SUTAZAI_QUEUE_HEARTBEAT", "1s"};
    try (DebianPostgres server = DebianPostgres.start(folder);
        Product survivor = up(server, impatient)) {
      List<String> accepted = new ArrayList<>();
      try (Product victim = up(server, impatient)) {
        for (int i = 0; i < 200; i++) {
          var answer = victim.post("/api/tasks", "{\"type\":\"noop\"}");
          assertThat(answer.statusCode()).isEqualTo(202);
          accepted.add(new JsonObject(answer.body()).getString("id"));
        }

        // When
        victim.kill();
      }

      // Then
      for (String id : accepted) {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> survivor.get("/api/tasks/" + id).body().contains("\"completed\""));
      }
    }
  }

  @Test
  void what_one_cancels_the_other_stops() throws Exception {
    // Given: a model server that never answers, and no heartbeat before the end of this test
    try (ServerSocket model = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DebianPostgres server = DebianPostgres.start(folder);
        Product door = up(server, "SUTAZAI_QUEUE_WORKERS", "0");
        Product engine =
            up(
                server,
                "SUTAZAI_QUEUE_LEASE",
                "3h",
                "SUTAZAI_QUEUE_HEARTBEAT",
                "1h",
                "OLLAMA_BASE_URL",
                "http://127.0.0.1:" + model.getLocalPort())) {
      String id =
          new JsonObject(
                  door.post(
                          "/api/tasks",
                          """
                          {"type": "inference", "payload": {"prompt": "why"}}
                          """)
                      .body())
              .getString("id");
      try (Socket asked = model.accept()) {
        asked.setSoTimeout(60_000);

        // When
        assertThat(door.post("/api/tasks/" + id + "/cancel", "").statusCode()).isEqualTo(200);

        // Then
        asked.getInputStream().transferTo(OutputStream.nullOutputStream());
        assertThat(engine.get("/api/tasks/" + id).body()).contains("\"cancelled\"");
      }
    }
  }

  @Test
  void a_task_of_a_silent_worker_is_given_to_another_at_the_other_process() throws Exception {
    // Given
    try (DebianPostgres server = DebianPostgres.start(folder);
        Product one = up(server, "SUTAZAI_AGENTS_WORKER_LEASE", "10s");
        Product two = up(server, "SUTAZAI_AGENTS_WORKER_LEASE", "10s")) {
      ProductWorker silent = ProductWorker.register(one, "silent");
      ProductWorker diligent = ProductWorker.register(two, "diligent");
      one.post("/api/tasks", "{\"type\":\"count\"}");
      JsonObject taken = silent.next();

      // When
      JsonObject again = diligent.next();

      // Then
      assertThat(again.getString("id")).isEqualTo(taken.getString("id"));
      assertThat(silent.complete(taken)).isEqualTo(409);
      assertThat(diligent.complete(again)).isEqualTo(200);
      assertThat(one.get("/api/tasks/" + taken.getString("id")).body())
          .contains("\"agent\":\"diligent\"");
    }
  }
}
