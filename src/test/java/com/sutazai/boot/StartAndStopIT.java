package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.Product;
import com.sutazai.testing.RawConnection;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartAndStopIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path data;

  private static String submit(Product product) throws Exception {
    var response = product.post("/api/tasks", "{\"type\":\"noop\",\"payload\":{}}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    return response.body().replaceAll(".*?\"id\":\"([^\"]+)\".*", "$1");
  }

  private static String status(Product product, String id) throws Exception {
    return product.get("/api/tasks/" + id).body().replaceAll(".*\"status\":\"(\\w+)\".*", "$1");
  }

  @Test
  void data_survives_a_restart_and_the_database_stops_with_the_product() throws Exception {
    // Given
    String id;
    try (Product first = Product.up(data, Map.of())) {
      id = submit(first);
      assertThat(first.stop()).isIn(0, 143);
      assertThat(Product.postgres(data)).isEmpty();
    }

    // When
    try (Product second = Product.up(data, Map.of())) {

      // Then
      assertThat(second.get("/api/tasks/" + id).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void every_accepted_task_ends_after_the_product_was_killed_under_load() throws Exception {
    // Given
    List<String> accepted = new ArrayList<>();
    try (Product first = Product.up(data, Map.of())) {
      for (int i = 0; i < 300; i++) {
        accepted.add(submit(first));
      }

      // When
      first.kill();
    }
    try (Product second = Product.up(data, Map.of())) {

      // Then
      for (String id : accepted) {
        Awaitility.await()
            .pollDelay(Duration.ZERO)
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(status(second, id)).isEqualTo("completed"));
      }
    }
  }

  @Test
  void the_database_comes_back_after_it_was_killed_and_nothing_is_lost() throws Exception {
    // Given
    var shortLease = Map.of("SUTAZAI_QUEUE_LEASE", "3s", "SUTAZAI_QUEUE_HEARTBEAT", "1s");
    try (Product product = Product.up(data, shortLease)) {
      String before = submit(product);

      // When
      Product.postgres(data).orElseThrow().destroyForcibly();

      // Then
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(product.post("/api/tasks", "{\"type\":\"noop\"}").statusCode())
                      .isEqualTo(202));
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(status(product, before)).isEqualTo("completed"));
    }
  }

  @Test
  void a_second_start_on_the_same_directory_names_the_first() throws Exception {
    // Given
    try (Product first = Product.up(data, Map.of())) {

      // When
      Product second = Product.start(data, Map.of());

      // Then
      assertThat(second.awaitExit()).isNotZero();
      assertThat(second.log()).contains("in use by process " + first.pid());
      assertThat(first.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_database_of_another_major_version_is_refused() throws Exception {
    // Given
    Files.createDirectories(data.resolve("postgres"));
    Files.writeString(data.resolve("postgres/PG_VERSION"), "17\n");

    // When
    Product product = Product.start(data, Map.of());

    // Then
    assertThat(product.awaitExit()).isNotZero();
    assertThat(product.log()).contains("made by PostgreSQL 17");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OLLAMA_BASE_URL|localhost:11434|OLLAMA_BASE_URL must be an address such as http://",
        "OPENAI_BASE_URL|nonsense|OPENAI_BASE_URL must be an address such as http://",
        "SUTAZAI_QUEUE_WORKERS|-3|sutazai.queue.workers must be greater than or equal to 0.",
        "SUTAZAI_DATABASE_POOL_MAX|0|sutazai.database.pool-max must be greater than or equal to 1.",
        "SUTAZAI_QUEUE_LEASE|2s|sutazai.queue.lease must be at least twice sutazai.queue.heartbeat",
        "SUTAZAI_TASKS_RETRY_PAUSE|-1s|sutazai.tasks.retry-pause must be longer than or equal to",
        "SUTAZAI_INFERENCE_DEFAULTS_TEMPERATURE|-5|sutazai.inference.defaults.temperature must be",
        "SUTAZAI_QUEUE_WORKRES|3|SUTAZAI_QUEUE_WORKRES is not a known setting; did you mean SUTAZAI_QUEUE_WORKERS?",
        "SUTAZAI_PORT|99999|sutazai.port must be less than or equal to 65535.",
      })
  void a_setting_that_cannot_be_ends_the_start_with_a_sentence(
      String name, String value, String sentence) throws Exception {
    // When
    Product product = Product.start(data, Map.of(name, value));

    // Then
    assertThat(product.awaitExit()).isNotZero();
    assertThat(product.log()).contains("SutazAI cannot start: " + sentence).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUTAZAI_HOST", "QUARKUS_HTTP_HOST"})
  void an_address_for_strangers_needs_credentials(String name) throws Exception {
    // When
    Product product = Product.start(data, Map.of(name, "0.0.0.0"));

    // Then
    assertThat(product.awaitExit()).isNotZero();
    assertThat(product.log()).contains("SUTAZAI_ADMIN_KEY");
  }

  @Test
  void with_a_key_everything_but_health_needs_it() throws Exception {
    // Given
    String key = "0123456789abcdef0123456789abcdef";

    // When
    try (Product product = Product.up(data, Map.of("SUTAZAI_ADMIN_KEY", key))) {

      // Then
      assertThat(product.get("/health").statusCode()).isEqualTo(200);
      assertThat(product.get("/api/tasks").statusCode()).isEqualTo(401);
      assertThat(product.get("/metrics").statusCode()).isEqualTo(401);
      assertThat(product.get("/api/tasks", "Authorization", "Bearer wrong").statusCode())
          .isEqualTo(401);
      assertThat(product.get("/api/tasks", "Authorization", "Bearer " + key).statusCode())
          .isEqualTo(200);
    }
  }

  /** None of them would end by itself before the time that requests have at a stop. */
  @Test
  void callers_who_only_wait_are_answered_when_the_program_is_stopped() throws Exception {
    // Given
    String later =
        "{\"type\":\"noop\",\"run_at\":\"" + Instant.now().plus(Duration.ofHours(1)) + "\"}";
    try (Product product = Product.up(data, Map.of("SUTAZAI_HTTP_STOP_GRACE", "10m"));
        RawConnection events = RawConnection.to(product.uri("/"));
        RawConnection worker = RawConnection.to(product.uri("/"));
        RawConnection caller = RawConnection.to(product.uri("/"))) {
      String id = new JsonObject(product.post("/api/tasks", later).body()).getString("id");
      String registered =
          product
              .post("/api/agents/register", "{\"agent_name\":\"me\",\"agent_type\":\"mine\"}")
              .body();
      assertThat(registered).contains("agent_id");
      worker.send(
          "GET /api/tasks/next/mine?wait=30&agent_name=me HTTP/1.1\r\nHost: localhost\r\n\r\n");
      caller.send(
          "POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Prefer: wait=60\r\nContent-Length: "
              + later.length()
              + "\r\n\r\n"
              + later);
      events.send("GET /api/tasks/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> product.get("/metrics").body().contains("app_requests_open 3"));

      // When
      int status = product.stop();

      // Then
      assertThat(status).isIn(0, 143);
      assertThat(caller.answer().orElseThrow().status()).isEqualTo(202);
      assertThat(worker.answer().orElseThrow().status()).isEqualTo(204);
      assertThat(events.answer().orElseThrow().status()).isEqualTo(200);
    }
  }

  /**
   * A connection on which nothing is sent is closed after a while, but not while its caller waits.
   */
  @Test
  void a_caller_may_wait_longer_than_a_connection_may_be_silent() throws Exception {
    // Given
    String task =
        "{\"type\":\"noop\",\"run_at\":\"" + Instant.now().plus(Duration.ofHours(1)) + "\"}";

    try (Product product = Product.up(data, Map.of("SUTAZAI_HTTP_IDLE_TIMEOUT", "8s"));
        RawConnection caller = RawConnection.to(product.uri("/"))) {
      // When
      caller.send(
          "POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Prefer: wait=20\r\nContent-Length: "
              + task.length()
              + "\r\n\r\n"
              + task);

      // Then
      assertThat(caller.answer().orElseThrow().status()).isEqualTo(202);
      assertThat(caller.answer()).isEmpty();
    }
  }
}
