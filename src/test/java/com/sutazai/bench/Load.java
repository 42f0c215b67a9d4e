package com.sutazai.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Submits tasks to one process of the program, over HTTP; all that it accepts go to the ledger. */
final class Load {
  private static final int BULK = 1000;
  private static final int BULK_CLIENTS = 4;
  private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");
  private static final Pattern TIME =
      Pattern.compile("\"(run_at|completed_at)\":\"([0-9T:.Z-]+)\"");
  private static final byte[] ONE =
      "{\"type\":\"noop\",\"payload\":{\"n\":1234567}}".getBytes(StandardCharsets.UTF_8);

  private final int port;
  private final Ledger ledger;

  Load(int port, Ledger ledger) {
    this.port = port;
    this.ledger = ledger;
  }

  /** Submits tasks in bulk; returns how many. */
  int bulk(int tasks, @Nullable Instant runAt) throws Exception {
    var left = new AtomicInteger(tasks);
    Clients.run(
        BULK_CLIENTS,
        client -> {
          try (var http = new Http(port)) {
            byte[] full = body(BULK, runAt);
            while (true) {
              int size = Math.min(BULK, left.getAndAdd(-BULK));
              if (size <= 0) {
                return;
              }
              var response =
                  http.post("/api/tasks/bulk", "", size == BULK ? full : body(size, runAt));
              requireAccepted(response);
              ledger.accept(idList(response.text(), size));
            }
          }
        });
    return tasks;
  }

  private static byte[] body(int tasks, @Nullable Instant runAt) {
    String at = runAt == null ? "" : ",\"run_at\":\"" + runAt + "\"";
    return Stream.generate(() -> "{\"type\":\"noop\",\"payload\":{\"n\":1234567}" + at + "}")
        .limit(tasks)
        .collect(Collectors.joining(",", "{\"tasks\":[", "]}"))
        .getBytes(StandardCharsets.UTF_8);
  }

  Stretch singles(int clients, double seconds) throws Exception {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    var submitted = new LongAdder();
    Clients.run(
        clients,
        client -> {
          List<UUID> accepted = new ArrayList<>();
          try (var http = new Http(port)) {
            while (System.nanoTime() < end) {
              var response = http.post("/api/tasks", "", ONE);
              requireAccepted(response);
              accepted.addAll(ids(response.text()));
              submitted.increment();
            }
          } finally {
            ledger.accept(accepted);
          }
        });
    return new Stretch(submitted.intValue(), Stretch.seconds(start));
  }

  /**
   * How long one task took that had nothing to wait for, in milliseconds.
   *
   * @param ended from when it could run to when it had run, by the database's clock: more than its
   *     start can have taken, which is the commit itself where it was accepted as claimed
   * @param answered from {@code due} to the answer that it has ended
   */
  record Latency(double ended, double answered) {}

  /** Submits a task and waits for its end, on a connection that is open already. */
  Latency one(Http http, long dueNanos) throws IOException {
    String task = http.post("/api/tasks", "Prefer: wait=30\r\n", ONE).text();
    double answered = Stretch.seconds(dueNanos) * 1e3;
    ledger.accept(ids(task));
    Map<String, Instant> time = new HashMap<>();
    Matcher matcher = TIME.matcher(task);
    while (matcher.find()) {
      time.put(matcher.group(1), Instant.parse(matcher.group(2)));
    }
    if (time.size() != 2) {
      throw new AssertionError("Never ended: " + task);
    }
    return new Latency(
        Duration.between(time.get("run_at"), time.get("completed_at")).toNanos() / 1e6, answered);
  }

  private static void requireAccepted(Http.Response response) {
    if (response.status() != 202) {
      throw new AssertionError(response.status() + ": " + response.text());
    }
  }

  private static List<UUID> ids(String task) {
    Matcher matcher = ID.matcher(task);
    if (!matcher.find()) {
      throw new AssertionError("No id in " + task);
    }
    return List.of(UUID.fromString(matcher.group(1)));
  }

  /** The ids of {@code {"ids":["…","…"]}}. */
  private static List<UUID> idList(String answer, int size) {
    int first = answer.indexOf('[') + 2;
    List<UUID> ids = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int start = first + i * 39;
      ids.add(UUID.fromString(answer.substring(start, start + 36)));
    }
    return ids;
  }

  /** How often agent noop ran since the process started. */
  static long ran(Http http) throws IOException {
    return http.get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("agent_request_total{") && line.contains("agent=\"noop\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
