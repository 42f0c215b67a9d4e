package com.sutazai.security.limit;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Slow;
import com.sutazai.testing.TableLock;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that takes two requests at once. */
@Slow
@QuarkusTest
@TestProfile(RequestLimitTest.Two.class)
class RequestLimitTest {
  private static final Statement WAITING =
      Statement.of(
          "test.waiting_lists",
          "SELECT count(*) AS lists FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'FROM schedules\\s+WHERE owner_id'");

  private static final String LATER =
      "{\"type\":\"noop\",\"run_at\":\"" + Instant.now().plus(Duration.ofHours(1)) + "\"}";

  private final List<Socket> open = new ArrayList<>();

  @Inject
  @SuppressWarnings("NullAway.Init")
  Database database;

  @Inject
  @SuppressWarnings("NullAway.Init")
  Connections connections;

  @Inject
  @SuppressWarnings("NullAway.Init")
  Vertx vertx;

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI address;

  public static class Two implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "sutazai.http.max-requests", "2", "sutazai.boot.data-dir", "target/test-data-requests");
    }
  }

  /** On a busy machine the first connections to the database come late, and nobody waits then. */
  @BeforeEach
  void databaseAnswers() {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> given().get("/api/tasks").statusCode() == 200);
  }

  /** One connection, spoken to as a simple client does it. */
  private Socket connection() throws IOException {
    Socket socket = new Socket(address.getHost(), address.getPort());
    socket.setSoTimeout(60_000);
    open.add(socket);
    return socket;
  }

  private void send(Socket socket, String method, String path, String header, String body)
      throws IOException {
    socket
        .getOutputStream()
        .write(
            (method
                    + " "
                    + path
                    + " HTTP/1.1\r\nHost: localhost\r\n"
                    + header
                    + "Content-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.US_ASCII));
  }

  /** Status line and headers of the next answer, then its body. */
  private static List<String> answer(Socket socket) throws IOException {
    var reader =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 1);
    List<String> lines = new ArrayList<>();
    int length = 0;
    for (String line = reader.readLine(); line != null && !line.isEmpty(); ) {
      lines.add(line);
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
      line = reader.readLine();
    }
    char[] body = new char[length];
    for (int read = 0; read < length; ) {
      read += reader.read(body, read, length - read);
    }
    lines.add(new String(body));
    return lines;
  }

  private void holdBothPlaces() throws IOException {
    for (int i = 0; i < 2; i++) {
      send(connection(), "POST", "/api/tasks", "Prefer: wait=60\r\n", LATER);
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> given().get("/metrics").asString().contains("app_requests_open 2.0"));
  }

  @AfterEach
  void leave() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> given().get("/metrics").asString().contains("app_requests_open 0.0"));
  }

  @Test
  void one_too_many_is_told_when_to_come_again_and_its_connection_goes_on() throws Exception {
    // Given
    holdBothPlaces();
    Socket caller = connection();

    // When
    send(caller, "POST", "/api/tasks", "", "{\"type\":\"noop\"}");
    List<String> refused = answer(caller);

    // Then
    assertThat(refused.getFirst()).contains("503");
    assertThat(refused).anyMatch(line -> line.matches("(?i)retry-after: [1-9]\\d*"));
    assertThat(refused).anyMatch(line -> line.matches("(?i)x-request-id: .+"));
    assertThat(new JsonObject(refused.getLast()).getString("code")).isEqualTo("server_busy");
    open.removeLast();
    leave();
    send(caller, "GET", "/api/agents", "", "");
    assertThat(answer(caller).getFirst()).contains("200");
    caller.close();
  }

  /**
   * CWE-770, as of CVE-2023-44487: over HTTP/2 a caller can open streams and reset them at once, as
   * often as it likes, while what they asked for goes on.
   */
  @Test
  void work_whose_stream_was_reset_keeps_its_place() throws Exception {
    // Given
    double refusedBefore = metric("app_requests_refused_total");
    HttpClient client = overHttp2();
    try (TableLock ignored = TableLock.of(database, "schedules")) {
      // When: one whose reset was heard before its work began gives its place to another
      AtomicInteger sent = new AtomicInteger();
      do {
        askAndReset(client, sent.incrementAndGet());
      } while (sent.get() < 50);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                askAndReset(client, sent.incrementAndGet());
                return bothAtWork();
              });
      askAndReset(client, sent.incrementAndGet());

      // Then: the answer on the same connection tells that all resets were heard
      assertThat(
              done(client.request(HttpMethod.GET, "/health").compose(r -> r.send())).statusCode())
          .isEqualTo(200);
      assertThat(metric("app_requests_open")).isEqualTo(2);
      assertThat(metric("app_requests_refused_total") - refusedBefore)
          .isBetween(1.0, sent.get() - 2.0);
      assertThat(given().get("/api/agents").statusCode()).isEqualTo(503);
    } finally {
      done(client.close());
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> metric("app_requests_open") == 0);
    given().get("/api/schedules").then().statusCode(200);
  }

  private static void askAndReset(HttpClient client, int number) throws Exception {
    HttpClientRequest request =
        done(client.request(HttpMethod.GET, "/api/schedules?limit=" + (1 + number % 500)));
    var _ = request.end();
    request.reset();
  }

  @Test
  void work_whose_connection_was_closed_keeps_its_place() throws Exception {
    try (TableLock ignored = TableLock.of(database, "schedules")) {
      // Given
      for (int i = 1; i <= 2; i++) {
        send(connection(), "GET", "/api/schedules?limit=" + i, "", "");
      }
      awaitBothAtWork();
      int known = connections.open();

      // When
      for (Socket socket : open) {
        socket.close();
      }

      // Then
      await().atMost(Duration.ofMinutes(1)).until(() -> connections.open() <= known - 2);
      assertThat(metric("app_requests_open")).isEqualTo(2);
      assertThat(given().get("/api/agents").statusCode()).isEqualTo(503);
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> metric("app_requests_open") == 0);
    given().get("/api/schedules").then().statusCode(200);
  }

  /** What the framework counts: a connection that resets hundreds of streams ends. */
  @Test
  void a_connection_that_does_nothing_but_reset_ends() throws Exception {
    HttpClient client = overHttp2();
    try {
      HttpClientRequest first = done(client.request(HttpMethod.GET, "/health"));
      var ended = new CompletableFuture<@Nullable Void>();
      first.connection().closeHandler(closed -> ended.complete(null));
      var _ = first.end();
      first.reset();

      // When
      for (int i = 0; i < 1000 && !ended.isDone(); i++) {
        done(
            client
                .request(HttpMethod.GET, "/health")
                .onSuccess(
                    request -> {
                      var _ = request.end();
                      request.reset();
                    })
                .otherwiseEmpty()); // the connection may end just now
      }

      // Then
      ended.get(60, TimeUnit.SECONDS);
    } finally {
      done(client.close());
    }
    given().get("/health").then().statusCode(200);
  }

  /** Until the lists of schedules that were asked for wait for the table. */
  private void awaitBothAtWork() {
    await().atMost(Duration.ofMinutes(1)).until(this::bothAtWork);
  }

  private boolean bothAtWork() {
    return database.query(WAITING).getFirst().getLong("lists") == 2;
  }

  private HttpClient overHttp2() {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setDefaultHost(address.getHost())
            .setDefaultPort(address.getPort()));
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static double metric(String name) {
    return given()
        .get("/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  @Test
  void a_short_body_may_take_as_long_as_its_rate_allows() throws Exception {
    // Given: 12 seconds, more than is waited for a part of a body
    Socket slow = connection();
    String padding = " ".repeat(1000);
    slow.getOutputStream()
        .write(
            ("POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 24015\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));

    // When
    for (int i = 0; i < 24; i++) {
      Thread.sleep(500);
      slow.getOutputStream().write(padding.getBytes(StandardCharsets.US_ASCII));
    }
    slow.getOutputStream().write("{\"type\":\"noop\"}".getBytes(StandardCharsets.US_ASCII));

    // Then
    assertThat(answer(slow).getFirst()).contains("202");
  }

  @Test
  void health_and_metrics_are_always_answered() throws Exception {
    // Given
    holdBothPlaces();

    // When, then
    for (String path : List.of("/health", "/metrics", "/q/health/live", "/q/health/ready")) {
      given().get(path).then().statusCode(200);
    }
    assertThat(given().get("/api/agents").statusCode()).isEqualTo(503);
    assertThat(given().get("/metrics").asString()).contains("app_requests_limit 2.0");
    assertThat(given().get("/metrics").asString())
        .containsPattern("app_requests_refused_total [1-9]");
  }
}
