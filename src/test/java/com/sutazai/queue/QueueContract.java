package com.sutazai.queue;

import static com.sutazai.testing.FakeModelServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the queue promises, however its jobs are distributed; subclasses say how they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class QueueContract {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir static Path folder;

  private DebianPostgres database;
  private FakeModelServer model;

  /** Settings of every process. */
  abstract Map<String, String> distribution();

  /** Waits until the process takes part in the distribution. */
  abstract void awaitReady(Product node) throws Exception;

  /** Waits until so many tasks have come as far as they can while no process has a free seat. */
  abstract void awaitHandedOut(Product node, int tasks) throws Exception;

  @BeforeAll
  void startServers() throws Exception {
    database = DebianPostgres.start(folder);
    model = FakeModelServer.start();
  }

  @BeforeEach
  void resetModel() {
    model.reset();
  }

  @AfterAll
  void stopServers() throws Exception {
    model.close();
    database.close();
  }

  private Product node(String... settings) throws Exception {
    Map<String, String> environment = new HashMap<>(distribution());
    environment.put("DATABASE_URL", database.url());
    environment.put("OLLAMA_BASE_URL", model.url());
    environment.put("SUTAZAI_INFERENCE_RETRIES", "0");
    environment.put("SUTAZAI_INFERENCE_FIRST_BYTE_TIMEOUT", "10m"); // models answer when told to
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(settings[i], settings[i + 1]);
    }
    Product node = Product.up(folder.resolve("data"), environment);
    awaitReady(node);
    return node;
  }

  private static String submit(Product node, JsonObject task) throws Exception {
    var answer = node.post("/api/tasks", task.encode());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return new JsonObject(answer.body()).getString("id");
  }

  private static JsonObject noop() {
    return new JsonObject().put("type", "noop");
  }

  private static JsonObject ask(String prompt) {
    return new JsonObject()
        .put("type", "inference")
        .put("payload", new JsonObject().put("prompt", prompt));
  }

  private static JsonObject task(Product node, String id) throws Exception {
    return new JsonObject(node.get("/api/tasks/" + id).body());
  }

  private static JsonObject awaitEnd(Product node, String id) {
    return await()
        .pollDelay(Duration.ZERO)
        .atMost(PATIENCE)
        .until(() -> task(node, id), task -> task.getString("completed_at") != null);
  }

  private List<String> prompts() {
    return model.requests().stream().map(request -> request.getString("prompt")).toList();
  }

  private void awaitPrompts(int count) {
    await().atMost(PATIENCE).until(() -> model.requests().size() >= count);
  }

  /** An answer that comes when the latch says so. */
  private static FakeModelServer.Script when(CountDownLatch latch) {
    return exchange -> {
      latch.await();
      FakeModelServer.say("at last").play(exchange);
    };
  }

  private static long runs(Product node) throws Exception {
    var count =
        Pattern.compile("agent_request_total\\{agent=\"noop\",status=\"completed\"\\} (\\S+)")
            .matcher(node.get("/metrics").body());
    return count.find() ? (long) Double.parseDouble(count.group(1)) : 0;
  }

  @Test
  void every_submitted_task_is_run_once() throws Exception {
    // Given
    try (Product node = node()) {
      var tasks = new JsonArray();
      for (int i = 0; i < 100; i++) {
        tasks.add(noop().put("priority", i % 11));
      }

      // When
      var answer = node.post("/api/tasks/bulk", new JsonObject().put("tasks", tasks).encode());

      // Then
      for (Object id : new JsonObject(answer.body()).getJsonArray("ids")) {
        JsonObject ended = awaitEnd(node, (String) id);
        assertThat(ended.getString("status")).isEqualTo("completed");
        assertThat(ended.getInteger("attempt")).isEqualTo(1);
      }
      assertThat(runs(node)).isEqualTo(100);
    }
  }

  @Test
  void of_tasks_that_wait_the_most_urgent_is_run_first() throws Exception {
    // Given
    var release = new CountDownLatch(1);
    model.next(when(release));
    try (Product node =
        node(
            "SUTAZAI_QUEUE_WORKERS",
            "1",
            "SUTAZAI_QUEUE_PREFETCH",
            "0",
            "SUTAZAI_QUEUE_POLL_INTERVAL",
            "30s")) { // one claim in eight goes by age: there are not so many
      submit(node, ask("first"));
      awaitPrompts(1);
      for (int priority : List.of(1, 9, 5)) {
        submit(node, ask("priority " + priority).put("priority", priority));
      }
      awaitHandedOut(node, 4);

      // When
      release.countDown();

      // Then
      awaitPrompts(4);
      assertThat(prompts()).containsExactly("first", "priority 9", "priority 5", "priority 1");
    }
  }

  @Test
  void a_failed_try_is_followed_by_another_after_a_pause() throws Exception {
    // Given
    model.next(status(500, "out of memory"));
    try (Product node = node("SUTAZAI_TASKS_RETRY_PAUSE", "100ms")) {

      // When
      JsonObject ended = awaitEnd(node, submit(node, ask("again")));

      // Then
      assertThat(ended.getString("status")).isEqualTo("completed");
      assertThat(ended.getInteger("attempt")).isEqualTo(2);
    }
  }

  @Test
  void a_task_that_was_cancelled_while_it_waited_is_never_run() throws Exception {
    // Given
    var release = new CountDownLatch(1);
    model.next(when(release));
    try (Product node = node("SUTAZAI_QUEUE_WORKERS", "1", "SUTAZAI_QUEUE_PREFETCH", "0")) {
      String first = submit(node, ask("first"));
      awaitPrompts(1);
      String unwanted = submit(node, ask("unwanted").put("priority", 9));
      String last = submit(node, ask("last"));
      awaitHandedOut(node, 3);

      // When
      node.post("/api/tasks/" + unwanted + "/cancel", "");
      release.countDown();

      // Then
      awaitEnd(node, first);
      awaitEnd(node, last);
      assertThat(task(node, unwanted).getString("status")).isEqualTo("cancelled");
      assertThat(prompts()).containsExactly("first", "last");
    }
  }

  @Test
  void a_task_is_not_run_before_its_time() throws Exception {
    // Given
    try (Product node = node()) {
      Instant time = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.MILLIS);

      // When
      JsonObject ended = awaitEnd(node, submit(node, noop().put("run_at", time.toString())));

      // Then
      assertThat(ended.getString("status")).isEqualTo("completed");
      assertThat(Instant.parse(ended.getString("started_at"))).isAfterOrEqualTo(time);
    }
  }

  @Test
  void a_task_whose_every_try_ends_with_its_process_is_dead() throws Exception {
    // Given
    String[] impatient = {"SUTAZAI_QUEUE_LEASE", "3s", "SUTAZAI_QUEUE_HEARTBEAT", "1s"};
    model.otherwise(FakeModelServer.hang());
    try (Product victim = node(impatient)) {
      String id = submit(victim, ask("poison").put("max_retries", 0));
      awaitPrompts(1);
      try (Product survivor = node(impatient)) {

        // When
        victim.kill();

        // Then
        JsonObject ended = awaitEnd(survivor, id);
        assertThat(ended.getString("status")).isEqualTo("failed");
        assertThat(ended.getBoolean("dead")).isTrue();
        assertThat(ended.getJsonObject("error").getString("code")).isEqualTo("process_died");
      }
    }
  }

  @Test
  void two_processes_share_the_work_and_none_of_it_is_done_twice() throws Exception {
    // Given
    try (Product door = node("SUTAZAI_QUEUE_WORKERS", "0");
        Product one = node();
        Product other = node()) {

      // When: until both have had some of it
      List<String> accepted = new ArrayList<>();
      while (accepted.size() < 300
          || (accepted.size() < 10_000 && (runs(one) == 0 || runs(other) == 0))) {
        accepted.add(submit(accepted.size() % 2 == 0 ? door : one, noop()));
      }

      // Then
      for (String id : accepted) {
        assertThat(awaitEnd(other, id).getString("status")).isEqualTo("completed");
      }
      assertThat(runs(door)).isZero();
      assertThat(runs(one)).isPositive();
      assertThat(runs(other)).isPositive();
      assertThat(runs(one) + runs(other)).isEqualTo(accepted.size());
    }
  }
}
