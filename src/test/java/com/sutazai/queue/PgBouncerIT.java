package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPgBouncer;
import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product behind PgBouncer, whose sessions change hands after each transaction. */
class PgBouncerIT {
  private static final int SESSIONS = 3;

  @TempDir Path folder;

  private Product up(DebianPgBouncer bouncer, String workers) throws Exception {
    return Product.up(
        folder.resolve("data"),
        Map.of(
            "DATABASE_URL", bouncer.url() + "?pgbouncer=true", "SUTAZAI_QUEUE_WORKERS", workers));
  }

  private static JsonObject json(String body) {
    return new JsonObject(body);
  }

  @Test
  void two_processes_share_the_work_through_it() throws Exception {
    // Given: more connections of ours than sessions behind them
    try (DebianPostgres server = DebianPostgres.start(folder);
        DebianPgBouncer bouncer = DebianPgBouncer.start(folder, server, SESSIONS);
        Product door = up(bouncer, "0");
        Product first = up(bouncer, "5");
        Product second = up(bouncer, "5")) {
      guardSettings(server);

      // When: until both have had some of it
      List<String> accepted = new ArrayList<>();
      while (accepted.size() < 300
          || (accepted.size() < 10_000 && !(hasRun(first) && hasRun(second)))) {
        var answer = door.post("/api/tasks", "{\"type\":\"noop\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        accepted.add(json(answer.body()).getString("id"));
      }

      // Then
      for (String id : accepted) {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> door.get("/api/tasks/" + id).body().contains("\"completed\""));
      }
      assertThat(hasRun(first)).isTrue();
      assertThat(hasRun(second)).isTrue();
      assertThat(door.log() + first.log() + second.log()).doesNotContain("ERROR");
    }
  }

  private static boolean hasRun(Product engine) throws Exception {
    return engine.get("/metrics").body().contains("agent_request_total{agent=\"noop\"");
  }

  @Test
  void a_task_is_cancelled_and_a_key_is_remembered_there() throws Exception {
    // Given
    try (DebianPostgres server = DebianPostgres.start(folder);
        DebianPgBouncer bouncer = DebianPgBouncer.start(folder, server, SESSIONS);
        Product product = up(bouncer, "0")) {
      String first =
          json(product.post("/api/tasks", "{\"type\":\"noop\"}", "Idempotency-Key", "one").body())
              .getString("id");

      // When
      var again = product.post("/api/tasks", "{\"type\":\"noop\"}", "Idempotency-Key", "one");
      var cancelled = product.post("/api/tasks/" + first + "/cancel", "");

      // Then
      assertThat(json(again.body()).getString("id")).isEqualTo(first);
      assertThat(json(cancelled.body()).getString("status")).isEqualTo("cancelled");
    }
  }

  @Test
  void who_forgot_to_say_that_it_is_one_is_told() throws Exception {
    // Given
    try (DebianPostgres server = DebianPostgres.start(folder);
        DebianPgBouncer bouncer = DebianPgBouncer.start(folder, server, SESSIONS)) {

      // When
      Product product =
          Product.start(folder.resolve("data"), Map.of("DATABASE_URL", bouncer.url()));

      // Then
      assertThat(product.awaitExit()).isNotZero();
      assertThat(product.log()).contains("?pgbouncer=true");
    }
  }

  /** The server's own settings are careless, and a job that is touched under them is refused. */
  private static void guardSettings(DebianPostgres server) throws Exception {
    try (var connection = DriverManager.getConnection(server.jdbcUrl());
        var statement = connection.createStatement()) {
      statement.execute("ALTER DATABASE sutazai SET synchronous_commit = off");
      statement.execute(
          """
          CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            IF current_setting('synchronous_commit') <> 'on' OR current_setting('statement_timeout') <> '1min' THEN
              RAISE 'A transaction began without our settings';
            END IF;
            RETURN coalesce(NEW, OLD);
          END $$
          """);
      statement.execute(
          "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON sutazai.jobs FOR EACH ROW EXECUTE FUNCTION guard()");
    }
  }
}
