package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.endlessly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Connections;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.FakeModelServer.Script;
import com.sutazai.testing.ModelServer;
import com.sutazai.testing.Slow;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Readers that take nothing or leave, over HTTP/2 and TLS: their connection goes on for others. */
@Slow
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
@TestProfile(StreamReadersTest.Impatient.class)
class MultiplexedReadersTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String MODEL = ModelServer.OTHER_MODEL;
  private static final long CANCEL = 8;

  /** What is sent of all streams before anything is taken: more than comes, in bytes. */
  private static final int CONNECTION_WINDOW = 1 << 30;

  /** Above all buffers on the way together: the kernel's, the connections' and the stream's own. */
  private static final long MOST_ON_THE_WAY = 48L << 20;

  private static final Duration SHORT = Duration.ofMillis(20);
  private static final String TOKEN = "x".repeat(1 << 15);

  private final FakeModelServer server = ModelServer.other();
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger closed = new AtomicInteger();
  private final Map<HttpClientResponse, CompletableFuture<Throwable>> ends =
      new ConcurrentHashMap<>();
  private HttpClient client = vertx.createHttpClient();
  private int started;

  @Inject
  @SuppressWarnings("NullAway.Init")
  Connections connections;

  @TestHTTPResource(value = "/", tls = true)
  @SuppressWarnings("NullAway.Init")
  URI address;

  @BeforeEach
  void connect() {
    reset();
    client = client(Http2Settings.DEFAULT_INITIAL_WINDOW_SIZE);
  }

  /**
   * One whose requests go over one connection.
   *
   * @param window what is sent of one stream before anything of it is taken, in bytes
   */
  private HttpClient client(int window) {
    return vertx
        .httpClientBuilder()
        .with(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setSsl(true)
                .setUseAlpn(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(window))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                .setDefaultHost(address.getHost())
                .setDefaultPort(address.getPort()))
        .withConnectHandler(
            connection -> connection.closeHandler(ended -> closed.incrementAndGet()))
        .build();
  }

  @AfterEach
  void close() throws Exception {
    done(vertx.close());
    await().atMost(PATIENCE).until(() -> server.abandoned() >= started);
    reset();
  }

  private void reset() {
    server.reset();
    server.models(MODEL);
  }

  /** What the server does next; it ends only by being left. */
  private void next(Script script) {
    started++;
    server.next(script);
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
  }

  private HttpClientRequest request(HttpMethod method, String path) throws Exception {
    return done(client.request(method, path));
  }

  /** The answer of which nothing was taken yet, over the same connection as all others. */
  private HttpClientResponse post(String path, String fields) throws Exception {
    String body =
        "{'model':'%s',%s}"
            .formatted(MODEL, fields)
            .replace('\'', '"')
            .replace("?", "hi " + UUID.randomUUID());
    HttpClientResponse answer =
        done(
            request(HttpMethod.POST, path)
                .putHeader("Content-Type", "application/json")
                .send(Buffer.buffer(body))
                .map(this::untaken));
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }

  private HttpClientResponse get(String path) throws Exception {
    HttpClientResponse answer = done(request(HttpMethod.GET, path).send().map(this::untaken));
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }

  private int ask() throws Exception {
    return post("/generate", "'prompt':'?','cache':false").statusCode();
  }

  /** On the event loop, before anything else comes of the answer. */
  private HttpClientResponse untaken(HttpClientResponse answer) {
    answer.exceptionHandler(end(answer)::complete);
    return answer.pause();
  }

  /** How the answer ends where it does not come whole. */
  private CompletableFuture<Throwable> end(HttpClientResponse answer) {
    return ends.computeIfAbsent(answer, of -> new CompletableFuture<>());
  }

  /** Bytes that were taken of the answer, from now on all that come. */
  private static AtomicLong read(HttpClientResponse answer) {
    var bytes = new AtomicLong();
    answer.handler(piece -> bytes.addAndGet(piece.length()));
    answer.resume();
    return bytes;
  }

  private static void awaitMore(AtomicLong bytes) {
    long before = bytes.get();
    await().atMost(PATIENCE).until(() -> bytes.get() > before);
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/api/generate|'prompt':'?'",
        "/v1/chat/completions|'stream':true,'messages':[{'role':'user','content':'?'}]",
        "/generate/stream|'prompt':'?'",
      })
  void a_stream_that_nobody_takes_is_cut_and_stalls_no_other(String path, String fields)
      throws Exception {
    // Given
    AtomicLong sent = new AtomicLong();
    next(flood(sent));
    CompletableFuture<Throwable> cut = end(post(path, fields));
    next(endlessly(SHORT));

    // When
    HttpClientResponse other = post(path, fields);
    CompletableFuture<Throwable> othersEnd = end(other);
    AtomicLong taken = read(other);
    awaitMore(taken);

    // Then
    assertThat(cut.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(StreamResetException.class);
    await().atMost(PATIENCE).until(() -> server.abandoned() >= 1);
    awaitMore(taken);
    assertThat(ask()).isEqualTo(200);
    assertThat(sent.get()).isLessThan(MOST_ON_THE_WAY);
    assertThat(othersEnd).isNotDone();
    assertThat(closed).hasValue(0);
  }

  @Test
  void whole_answers_and_events_that_nobody_takes_are_cut_and_stall_no_other() throws Exception {
    // Given
    next(endlessly(SHORT));
    AtomicLong taken = read(post("/api/generate", "'prompt':'?'"));
    String task = "/api/tasks/" + StreamReadersTest.waitingTask();

    // When
    CompletableFuture<Throwable> whole = end(get(task));
    CompletableFuture<Throwable> events = end(get(task + "/events"));

    // Then
    assertThat(whole.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(StreamResetException.class);
    assertThat(events.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(StreamResetException.class);
    awaitMore(taken);
    assertThat(closed).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/api/generate|'prompt':'?'",
        "/v1/chat/completions|'stream':true,'messages':[{'role':'user','content':'?'}]",
      })
  void a_stream_that_is_reset_gives_its_slot_back_and_ends_no_other(String path, String fields)
      throws Exception {
    // Given
    next(endlessly(SHORT));
    HttpClientResponse other = post(path, fields);
    CompletableFuture<Throwable> othersEnd = end(other);
    AtomicLong taken = read(other);

    for (int i = 1; i <= 5; i++) {
      next(endlessly(Duration.ofMillis(1)));
      HttpClientResponse leaving = post(path, fields);
      awaitMore(read(leaving));

      // When
      leaving.request().reset(CANCEL);

      // Then
      int ended = i;
      await().atMost(PATIENCE).until(() -> server.abandoned() >= ended);
      awaitMore(taken);
    }
    assertThat(othersEnd).isNotDone();
    assertThat(closed).hasValue(0);
  }

  /** It has room for all, which fills what the kernel holds, and speaks all the while. */
  @Test
  void a_connection_of_which_nothing_is_taken_is_closed() throws Exception {
    // Given
    String task = "/api/tasks/" + StreamReadersTest.waitingTask();
    await().atMost(PATIENCE).until(() -> connections.open() == 0);
    AtomicLong sent = new AtomicLong();
    next(flood(sent));
    client = client(CONNECTION_WINDOW);
    HttpConnection connection = post("/api/generate", "'prompt':'?'").request().connection();
    HttpClientRequest whole = request(HttpMethod.GET, task);
    ((ConnectionBase) connection).channel().config().setAutoRead(false);

    // When
    var _ = whole.send();
    var _ = vertx.setPeriodic(500, id -> connection.ping(Buffer.buffer("say pong")));

    // Then
    await().atMost(PATIENCE).until(() -> server.abandoned() >= 1);
    await().atMost(PATIENCE).until(() -> connections.open() == 0);
    assertThat(sent.get()).isLessThan(MOST_ON_THE_WAY);
  }

  @Test
  void a_connection_may_have_two_thousand_streams() throws Exception {
    // When
    HttpConnection connection = get("/health").request().connection();

    // Then
    assertThat(connection.remoteSettings().getMaxConcurrentStreams()).isEqualTo(2_000);
  }
}
