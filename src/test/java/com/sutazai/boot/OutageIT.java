package com.sutazai.boot;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers see, and what is kept, while the database goes away and comes back under load. */
class OutageIT {
  private static final int CALLERS = 8;
  private static final String FILLER = "filler";
  private static final Set<String> ANSWERS =
      Set.of("202", "503 database_unavailable", "503 outcome_unknown");

  @TempDir Path data;

  private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
  private final Set<String> answers = new ConcurrentSkipListSet<>();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicBoolean stop = new AtomicBoolean();

  @Test
  void a_database_that_is_killed_under_load_loses_no_accepted_task() throws Exception {
    try (Product product = Product.up(data, Map.of())) {
      List<Thread> callers = load(product);
      for (int i = 0; i < 2; i++) {
        awaitMoreAccepted();
        ProcessHandle server = Product.postgres(data).orElseThrow();
        server.destroyForcibly();
        await().atMost(Duration.ofMinutes(1)).until(() -> !server.isAlive());
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> Product.postgres(data).filter(ProcessHandle::isAlive).isPresent());
      }
      awaitMoreAccepted();
      end(callers);

      assertThat(answers).contains("202").isSubsetOf(ANSWERS);
      assertAllCompleted(product);
    }
  }

  @Test
  void a_database_that_hangs_stops_only_what_needs_it() throws Exception {
    try (FakeModelServer fake = FakeModelServer.start();
        Product product = Product.up(data, Map.of("OLLAMA_BASE_URL", fake.url()))) {
      List<Thread> callers = load(product);
      awaitMoreAccepted();
      product.post("/generate", "{\"prompt\":\"kept\"}");
      signal("STOP");
      try {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> status(product.get("/health")).equals("degraded"));

        assertThat(product.get("/health").statusCode()).isEqualTo(200);
        assertThat(product.get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(product.get("/metrics").statusCode()).isEqualTo(200);
        HttpResponse<String> answer = product.post("/generate", "{\"prompt\":\"hi\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("Hello world");
        assertThat(product.post("/generate", "{\"prompt\":\"kept\"}").body())
            .contains("\"cached\":true");
      } finally {
        signal("CONT");
      }
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> status(product.get("/health")).equals("ok"));
      awaitMoreAccepted();
      end(callers);

      assertThat(answers).contains("202").isSubsetOf(ANSWERS);
      assertAllCompleted(product);
    }
  }

  @Test
  void a_disk_that_is_full_loses_nothing_and_room_is_all_that_is_needed() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "Only root can mount a small disk");
    try (Product product =
        Product.upOnSmallDisk(data, 700, Map.of("SUTAZAI_BOOT_MIN_FREE", "100M"))) {
      List<Thread> callers = load(product);
      awaitMoreAccepted();

      // Room is looked at once a second, so that much of it is left until it is seen to be short.
      Path disk = product.seen(data);
      fill(disk, 50L << 20);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> status(product.get("/health")).equals("degraded"));
      fill(disk, 0);
      await().atMost(Duration.ofMinutes(1)).until(() -> refused.get() > 100);
      assertThat(product.get("/health").statusCode()).isEqualTo(200);
      assertThat(product.get("/q/health/live").statusCode()).isEqualTo(200);

      Files.delete(disk.resolve(FILLER));
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> status(product.get("/health")).equals("ok"));
      awaitMoreAccepted();
      end(callers);

      assertThat(answers).containsOnly("202", "503 database_unavailable");
      assertAllCompleted(product);
    }
  }

  /** Until no more bytes than these are left; without any, until the system says so. */
  private static void fill(Path disk, long left) throws IOException {
    byte[] block = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(disk.resolve(FILLER), CREATE, APPEND)) {
      while (left > 0 && disk.toFile().getUsableSpace() > left) {
        out.write(block);
      }
      if (left == 0) {
        assertThatThrownBy(
                () -> {
                  while (true) {
                    out.write(block);
                  }
                })
            .isInstanceOf(IOException.class)
            .hasMessageContaining("No space");
      }
    }
  }

  private List<Thread> load(Product product) {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(Thread.ofVirtual().start(() -> submit(product)));
    }
    return callers;
  }

  private void awaitMoreAccepted() {
    int before = accepted.size();
    await().atMost(Duration.ofMinutes(1)).until(() -> accepted.size() > before + 100);
  }

  private void submit(Product product) {
    while (!stop.get()) {
      try {
        HttpResponse<String> answer = product.post("/api/tasks", "{\"type\":\"noop\"}");
        JsonObject body = new JsonObject(answer.body());
        if (answer.statusCode() == 202) {
          accepted.add(body.getString("id"));
          answers.add("202");
        } else {
          answers.add(answer.statusCode() + " " + body.getString("code"));
          refused.incrementAndGet();
          assertThat(answer.headers().firstValue("Retry-After")).isPresent();
          Thread.sleep(20);
        }
      } catch (Exception e) {
        answers.add(e.toString());
      }
    }
  }

  private void end(List<Thread> callers) throws InterruptedException {
    stop.set(true);
    for (Thread caller : callers) {
      caller.join();
    }
  }

  private void assertAllCompleted(Product product) {
    for (String id : accepted) {
      await()
          .pollDelay(Duration.ZERO)
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () ->
                  assertThat(status(product.get("/api/tasks/" + id)))
                      .as(id)
                      .isEqualTo("completed"));
    }
  }

  /**
   * To the server, and when it has no more children than these to them: a stopped parent alone does
   * not stop its sessions.
   */
  private void signal(String name) throws Exception {
    ProcessHandle server = Product.postgres(data).orElseThrow();
    assertThat(kill(name, server)).isZero();
    for (ProcessHandle child : server.children().toList()) {
      kill(name, child); // which may have ended just now
    }
  }

  private static int kill(String name, ProcessHandle process) throws Exception {
    return new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
        .inheritIO()
        .start()
        .waitFor();
  }

  private static String status(HttpResponse<String> answer) {
    return new JsonObject(answer.body()).getString("status");
  }
}
