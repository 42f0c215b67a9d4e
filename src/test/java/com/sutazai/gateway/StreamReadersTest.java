package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.endlessly;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.Certificates;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.FakeModelServer.Script;
import com.sutazai.testing.ModelServer;
import com.sutazai.testing.Slow;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What readers of streams may do to the model server and to others: leave, or take nothing. */
@Slow
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
@TestProfile(StreamReadersTest.Impatient.class)
class StreamReadersTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String MODEL = ModelServer.OTHER_MODEL;

  /** Above all buffers on the way together: the kernel's, the connections' and the stream's own. */
  private static final long MOST_ON_THE_WAY = 48L << 20;

  private static final String TOKEN = "x".repeat(1 << 15);

  private final FakeModelServer server = ModelServer.other();

  /** Does not wait long for a reader who takes nothing, and speaks TLS beside plain HTTP. */
  public static class Impatient implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Certificates.Pair own = Certificates.selfSigned(Path.of("target/stream-readers"));
      return Map.of(
          "sutazai.http.idle-timeout", "6s",
          "sutazai.tls.certificate", own.certificate().toString(),
          "sutazai.tls.key", own.key().toString(),
          "quarkus.http.insecure-requests", "enabled",
          "quarkus.http.test-ssl-port", "0");
    }
  }

  @BeforeEach
  @AfterEach
  void serverIsWell() {
    reset();
    await().atMost(PATIENCE).until(() -> ask() == 200);
    reset();
  }

  private void reset() {
    server.reset();
    server.models(MODEL);
  }

  private static int ask() {
    return given()
        .contentType("application/json")
        .body("{\"prompt\":\"hi\",\"cache\":false,\"model\":\"" + MODEL + "\"}")
        .post("/generate")
        .statusCode();
  }

  /** A reader with little room for what it does not take. */
  private static Socket reader(String path, String fields) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1 << 14);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.connect(new InetSocketAddress("localhost", RestAssured.port));
    String body =
        "{'model':'%s',%s}".formatted(MODEL, fields).replace('\'', '"').replace("?", text());
    socket
        .getOutputStream()
        .write(
            ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(path, body.length(), body))
                .getBytes(StandardCharsets.US_ASCII));
    byte[] begin = socket.getInputStream().readNBytes(15);
    assertThat(new String(begin, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
    return socket;
  }

  private static String text() {
    return "hi " + UUID.randomUUID();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/api/generate|'prompt':'?'",
        "/api/chat|'messages':[{'role':'user','content':'?'}]",
        "/v1/chat/completions|'stream':true,'messages':[{'role':'user','content':'?'}]",
        "/v1/completions|'stream':true,'prompt':'?'",
        "/generate/stream|'prompt':'?'",
      })
  void readers_that_leave_give_their_slots_back(String path, String fields) throws Exception {
    // Given: all slots are taken, and somebody waits for one
    server.next(endlessly(Duration.ofMillis(20)), endlessly(Duration.ofMillis(20)));
    CompletableFuture<Integer> waiting;
    long left;
    try (Socket one = reader(path, fields);
        Socket other = reader(path, fields)) {
      waiting = CompletableFuture.supplyAsync(StreamReadersTest::ask);
      assertThat(one.isConnected() && other.isConnected()).isTrue();
      left = System.nanoTime();
    }

    // When
    int answered = waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    long free = System.nanoTime() - left;
    await().atMost(PATIENCE).until(() -> server.abandoned() == 2);
    long ended = System.nanoTime() - left;

    // Then
    assertThat(answered).isEqualTo(200);
    System.out.printf(
        "%s: the slot served the next one %d ms after its reader left, both calls ended in %d ms%n",
        path, TimeUnit.NANOSECONDS.toMillis(free), TimeUnit.NANOSECONDS.toMillis(ended));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/api/generate|'prompt':'?'",
        "/v1/chat/completions|'stream':true,'messages':[{'role':'user','content':'?'}]",
        "/generate/stream|'prompt':'?'",
      })
  void a_reader_that_takes_nothing_is_cut_and_stalls_nobody(String path, String fields)
      throws Exception {
    // Given
    AtomicLong sent = new AtomicLong();
    server.next(flood(sent));

    try (Socket reader = reader(path, fields)) {
      // When: others ask, on every event loop
      for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
        assertThat(ask()).isEqualTo(200);
      }

      // Then
      await().atMost(PATIENCE).until(() -> server.abandoned() == 1);
      assertThat(reader.isClosed()).isFalse();
      assertThat(sent.get()).isLessThan(MOST_ON_THE_WAY);
    }
  }

  /** More than all buffers hold, as fast as it is taken. */
  private static Script flood(AtomicLong sent) {
    return exchange -> {
      exchange.head();
      while (sent.get() < 2 * MOST_ON_THE_WAY) {
        exchange.token(TOKEN);
        sent.addAndGet(TOKEN.length());
      }
      exchange.done(7, 1);
    };
  }

  @Test
  void readers_that_take_nothing_leave_their_slots_to_others() throws Exception {
    // Given
    server.next(flood(new AtomicLong()), flood(new AtomicLong()));
    try (Socket one = reader("/api/generate", "'prompt':'?'");
        Socket other = reader("/api/generate", "'prompt':'?'")) {
      // When
      int answered = ask();

      // Then
      assertThat(answered).isEqualTo(200);
      assertThat(one.isClosed() || other.isClosed()).isFalse();
    }
  }

  /** Over HTTP/2 little is on its way to a reader who does not take it. */
  @Test
  void a_reader_that_takes_no_events_of_a_task_is_cut() throws Exception {
    // Given
    String task = "/api/tasks/" + waitingTask();
    var vertx = Vertx.vertx();
    var cut = new CompletableFuture<Throwable>();

    // When
    try {
      vertx
          .createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false))
          .request(HttpMethod.GET, RestAssured.port, "localhost", task + "/events")
          .compose(HttpClientRequest::send)
          .onSuccess(answer -> answer.exceptionHandler(cut::complete).pause())
          .onFailure(cut::completeExceptionally);

      // Then
      assertThat(cut.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(StreamResetException.class);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
      given().contentType("application/json").post(task + "/cancel").then().statusCode(200);
    }
  }

  /** A task with a long text that begins in an hour. */
  static String waitingTask() {
    return given()
        .contentType("application/json")
        .body(
            Map.of(
                "type",
                "noop",
                "run_at",
                Instant.now().plus(Duration.ofHours(1)).toString(),
                "payload",
                Map.of("text", "x".repeat(1 << 19))))
        .post("/api/tasks")
        .then()
        .statusCode(202)
        .extract()
        .path("id");
  }
}
