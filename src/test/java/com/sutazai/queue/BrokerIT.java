package com.sutazai.queue;

import static com.sutazai.testing.BrokerMeters.awaitConnected;
import static com.sutazai.testing.BrokerMeters.awaitDisconnected;
import static com.sutazai.testing.BrokerMeters.fallbackClaims;
import static com.sutazai.testing.BrokerMeters.published;
import static com.sutazai.testing.BrokerMeters.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import com.sutazai.testing.BrokerMeters;
import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.DebianRabbit;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * RabbitMQ as it is used, and as it fails: no task is lost, none ends twice, none waits for long.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class BrokerIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String NOOP_QUEUE = "measurement_queue";
  private static final Map<String, Object> GUIDE =
      Map.of(
          "x-max-priority",
          10,
          "x-max-length",
          1000,
          "x-message-ttl",
          3_600_000L,
          "x-overflow",
          "reject-publish");

  /** As many as one process holds messages of a queue. */
  private static final int SEATS = 10;

  @TempDir static Path folder;

  private DebianPostgres database;
  private DebianRabbit broker;
  private FakeModelServer model;

  @BeforeAll
  void startServers() throws Exception {
    broker = DebianRabbit.start(folder);
    database = DebianPostgres.start(folder);
    model = FakeModelServer.start();
  }

  @AfterAll
  void stopServers() throws Exception {
    model.close();
    database.close();
    broker.close();
  }

  /** Queues cannot be declared again with other settings. */
  @BeforeEach
  void forget() throws Exception {
    model.reset();
    broker.deleteQueues();
    broker.visit(channel -> channel.exchangeDelete("agent_tasks"));
  }

  private Product start(String... settings) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("RABBITMQ_URL", broker.url());
    environment.put("DATABASE_URL", database.url());
    environment.put("OLLAMA_BASE_URL", model.url());
    environment.put("SUTAZAI_INFERENCE_FIRST_BYTE_TIMEOUT", "10m"); // models answer when told to
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(settings[i], settings[i + 1]);
    }
    return Product.up(folder.resolve("data"), environment);
  }

  private Product connected(String... settings) throws Exception {
    return once(start(settings), BrokerMeters::awaitConnected);
  }

  /** What a process is waited for. */
  private interface Wait {
    void until(Product node) throws Exception;
  }

  /** One for which that is waited in vain would take part in what other tests look at. */
  private static Product once(Product node, Wait wait) throws Exception {
    try {
      wait.until(node);
    } catch (ConditionTimeoutException e) {
      node.kill();
      throw e;
    }
    return node;
  }

  /** A process whose seats are all taken, by tasks that end with the latch. */
  private Product busy(CountDownLatch release, String... settings) throws Exception {
    model.otherwise(
        exchange -> {
          release.await();
          FakeModelServer.say("at last").play(exchange);
        });
    List<String> all = new ArrayList<>(List.of(settings));
    all.addAll(List.of("SUTAZAI_QUEUE_WORKERS", String.valueOf(SEATS)));
    all.addAll(List.of("SUTAZAI_QUEUE_PREFETCH", "0"));
    all.addAll(List.of("SUTAZAI_INFERENCE_SLOTS", String.valueOf(SEATS + 1))); // tasks leave one
    return once(
        connected(all.toArray(String[]::new)),
        node -> {
          for (int i = 0; i < SEATS; i++) { // identical ones would share one request
            submit(node, 1, inference("wait for " + i));
          }
          await().atMost(PATIENCE).until(() -> model.requests().size() == SEATS);
        });
  }

  private static JsonObject inference(String prompt) {
    return new JsonObject()
        .put("type", "inference")
        .put("payload", new JsonObject().put("prompt", prompt));
  }

  private static List<String> submit(Product node, int count) throws Exception {
    return submit(node, count, new JsonObject().put("type", "noop"));
  }

  private static List<String> submit(Product node, int count, JsonObject task) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int done = 0; done < count; done += 1000) {
      var tasks = new JsonArray();
      for (int i = done; i < Math.min(count, done + 1000); i++) {
        tasks.add(task);
      }
      var answer = node.post("/api/tasks/bulk", new JsonObject().put("tasks", tasks).encode());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      new JsonObject(answer.body()).getJsonArray("ids").forEach(id -> ids.add((String) id));
    }
    return ids;
  }

  private static void assertCompletedOnce(Product node, List<String> ids) throws Exception {
    for (String id : ids) {
      JsonObject task = awaitCompleted(node, id);
      assertThat(task.getInteger("attempt")).as(task.encode()).isEqualTo(1);
    }
  }

  private static JsonObject awaitCompleted(Product node, String id) {
    return await()
        .pollDelay(Duration.ZERO)
        .atMost(PATIENCE)
        .until(
            () -> new JsonObject(node.get("/api/tasks/" + id).body()),
            task -> task.getString("status").equals("completed"));
  }

  @Test
  void tasks_come_over_the_broker_with_the_settings_of_the_guide() throws Exception {
    // Given: whatever else hands tasks out looks too late
    try (Product node =
        connected(
            "SUTAZAI_QUEUE_BROKER_POLL_INTERVAL", "10m",
            "SUTAZAI_QUEUE_BROKER_UNCLAIMED_AFTER", "10m")) {

      // When
      List<String> ids = submit(node, 50);

      // Then
      assertCompletedOnce(node, ids);
      await().atMost(PATIENCE).until(() -> published(node, "confirmed") == 50);
      assertThat(received(node, "claimed")).isEqualTo(50);
      assertThat(fallbackClaims(node)).isZero();
      int consumers =
          broker.visit(
              channel -> {
                channel.exchangeDeclare("agent_tasks", "topic", true);
                return channel
                    .queueDeclare(NOOP_QUEUE, true, false, false, GUIDE)
                    .getConsumerCount();
              });
      assertThat(consumers).isEqualTo(1);
    }
  }

  @Test
  void a_message_is_a_persistent_hint_with_the_priority_of_its_task() throws Exception {
    // Given: nobody here takes tasks
    try (Product door = connected("SUTAZAI_QUEUE_WORKERS", "0")) {
      String id =
          new JsonObject(door.post("/api/tasks", "{\"type\":\"noop\",\"priority\":7}").body())
              .getString("id");
      await().atMost(PATIENCE).until(() -> broker.ready(NOOP_QUEUE) == 1);

      // When
      GetResponse message = broker.visit(channel -> channel.basicGet(NOOP_QUEUE, true));

      // Then
      assertThat(message.getEnvelope().getExchange()).isEqualTo("agent_tasks");
      assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("agent.measurement.noop");
      assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
      assertThat(message.getProps().getPriority()).isEqualTo(7);
      assertThat(new JsonObject(new String(message.getBody(), StandardCharsets.UTF_8)))
          .isEqualTo(new JsonObject().put("task_id", id).put("type", "noop").put("attempt", 1));
      door.post("/api/tasks/" + id + "/cancel", "");
    }
  }

  @Test
  void quorum_queues_do_as_well() throws Exception {
    // Given
    try (Product node = connected("SUTAZAI_QUEUE_BROKER_QUORUM", "true")) {

      // When
      List<String> ids = submit(node, 20);

      // Then
      assertCompletedOnce(node, ids);
      assertThat(received(node, "claimed")).isPositive();
    }
  }

  @Test
  void a_queue_that_was_made_with_other_settings_is_told_and_stops_no_task() throws Exception {
    // Given
    broker.visit(channel -> channel.queueDeclare(NOOP_QUEUE, true, false, false, Map.of()));

    // When
    try (Product node = start()) {

      // Then
      assertCompletedOnce(node, submit(node, 5));
      await().atMost(PATIENCE).until(() -> node.log().contains("Delete that queue"));
      awaitDisconnected(node);
    }
  }

  @Test
  void a_broker_that_is_away_at_the_start_is_used_when_it_comes() throws Exception {
    // Given
    broker.stop();
    try (Product node = start()) {
      List<String> before = submit(node, 20);
      assertCompletedOnce(node, before);
      awaitDisconnected(node);

      // When
      broker.start();

      // Then
      awaitConnected(node);
      assertCompletedOnce(node, submit(node, 20));
      await().atMost(PATIENCE).until(() -> published(node, "confirmed") > 0);
      assertThat(node.log()).containsOnlyOnce("cannot be used");
      assertThat(node.log()).containsOnlyOnce("Tasks are distributed over RabbitMQ");
    }
  }

  @Test
  void a_broker_that_dies_in_mid_run_costs_no_task_and_is_used_again() throws Exception {
    // Given
    try (Product node = connected()) {
      List<String> ids = submit(node, 1500);

      // When
      broker.kill();
      ids.addAll(submit(node, 200));
      awaitDisconnected(node);
      broker.start();
      ids.addAll(submit(node, 200));

      // Then
      awaitConnected(node);
      assertCompletedOnce(node, ids);
      assertThat(node.log()).containsOnlyOnce("cannot be used");
      assertThat(node.get("/health").body()).contains("\"broker\":\"ok\"");
    }
  }

  @Test
  void what_does_not_fit_into_a_queue_or_is_purged_from_it_is_run_all_the_same() throws Exception {
    // Given
    var release = new CountDownLatch(1);
    try (Product node = busy(release, "SUTAZAI_QUEUE_BROKER_UNCLAIMED_AFTER", "2s")) {
      List<String> ids = submit(node, 1500);
      await().atMost(PATIENCE).until(() -> published(node, "refused") > 0);
      await().atMost(PATIENCE).until(() -> broker.ready(NOOP_QUEUE) == 1000);

      // When
      broker.visit(channel -> channel.queuePurge(NOOP_QUEUE));
      release.countDown();

      // Then
      assertCompletedOnce(node, ids);
      assertThat(fallbackClaims(node)).isPositive();
    }
  }

  @Test
  void what_outlives_its_message_is_run_all_the_same() throws Exception {
    // Given
    var release = new CountDownLatch(1);
    try (Product node =
        busy(
            release,
            "SUTAZAI_QUEUE_BROKER_UNCLAIMED_AFTER",
            "2s",
            "SUTAZAI_QUEUE_BROKER_MESSAGE_TTL",
            "200ms")) {
      List<String> ids = submit(node, 100);
      await().atMost(PATIENCE).until(() -> published(node, "confirmed") == SEATS + 100);
      await().atMost(PATIENCE).until(() -> broker.ready(NOOP_QUEUE) == 0);

      // When
      release.countDown();

      // Then
      assertCompletedOnce(node, ids);
      assertThat(fallbackClaims(node)).isPositive();
    }
  }

  @Test
  void further_messages_about_a_running_or_finished_task_are_forgotten() throws Exception {
    // Given
    var release = new CountDownLatch(1);
    model.next(
        exchange -> {
          release.await();
          FakeModelServer.say("at last").play(exchange);
        });
    try (Product node = connected()) {
      String finished = submit(node, 1).getFirst();
      assertCompletedOnce(node, List.of(finished));
      String running =
          new JsonObject(
                  node.post(
                          "/api/tasks",
                          "{\"type\":\"inference\",\"payload\":{\"prompt\":\"wait\"}}")
                      .body())
              .getString("id");
      await().atMost(PATIENCE).until(() -> model.requests().size() == 1);
      long before = received(node, "forgotten");

      // When
      publish("agent.inference.inference", hint(running), hint(running), "no hint at all");
      publish("agent.measurement.noop", hint(finished));

      // Then
      await().atMost(PATIENCE).until(() -> received(node, "forgotten") == before + 4);
      release.countDown();
      assertCompletedOnce(node, List.of(running, finished));
      assertThat(model.requests()).hasSize(1);
      await().atMost(PATIENCE).until(() -> broker.ready("inference_queue") == 0);
    }
  }

  @Test
  void a_message_is_acknowledged_when_the_result_is_committed() throws Exception {
    // Given
    var release = new CountDownLatch(1);
    model.next(
        exchange -> {
          release.await();
          FakeModelServer.say("at last").play(exchange);
        });
    try (Product node = connected();
        Connection other = DriverManager.getConnection(database.jdbcUrl(), "sutazai", null)) {
      List<String> task = submit(node, 1, inference("wait"));
      await().atMost(PATIENCE).until(() -> model.requests().size() == 1);
      other.setAutoCommit(false);
      other.createStatement().execute("LOCK TABLE sutazai.tasks IN EXCLUSIVE MODE");

      // When
      release.countDown();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  Integer.parseInt(
                          database.query(
                              "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%DELETE FROM jobs%'"))
                      > 0);

      // Then
      assertThat(broker.unacknowledged()).isEqualTo(1);
      other.rollback();
      assertCompletedOnce(node, task);
      await().atMost(PATIENCE).until(() -> broker.unacknowledged() == 0);
    }
  }

  private static String hint(String id) {
    return new JsonObject().put("task_id", id).put("type", "any").put("attempt", 1).encode();
  }

  private void publish(String key, String... bodies) throws Exception {
    broker.visit(
        channel -> {
          for (String body : bodies) {
            channel.basicPublish(
                "agent_tasks",
                key,
                new BasicProperties.Builder().build(),
                body.getBytes(StandardCharsets.UTF_8));
          }
          return bodies.length;
        });
  }

  @Test
  void a_process_that_is_killed_in_mid_run_leaves_nothing_undone() throws Exception {
    // Given: under such a load messages are always held whose tasks are committed, or about to be
    List<String> ids = new ArrayList<>();
    String[] impatient = {"SUTAZAI_QUEUE_LEASE", "10s", "SUTAZAI_QUEUE_HEARTBEAT", "2s"};
    try (Product victim = connected(impatient)) {
      ids.addAll(submit(victim, 1000));
      await().atMost(PATIENCE).until(() -> received(victim, "claimed") > 100);

      // When
      victim.kill();
    }

    // Then
    try (Product next = connected(impatient)) {
      for (String id : ids) {
        assertThat(awaitCompleted(next, id).getInteger("attempt")).isLessThanOrEqualTo(2);
      }
      await().atMost(PATIENCE).until(() -> broker.ready(NOOP_QUEUE) == 0);
    }
  }
}
