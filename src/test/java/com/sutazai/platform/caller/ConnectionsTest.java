package com.sutazai.platform.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that leave, over HTTP/2: the connection goes on for others. */
class ConnectionsTest {
  private static final long CANCEL = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Vertx vertx = Vertx.vertx();
  private final Connections connections = new Connections(vertx, Duration.ofMinutes(1));
  private final Map<String, RoutingContext> asked = new ConcurrentHashMap<>();
  private final List<String> left = new CopyOnWriteArrayList<>();
  private final List<Context> loops = new CopyOnWriteArrayList<>();
  private HttpClient client = vertx.createHttpClient();

  @BeforeEach
  void start() throws Exception {
    Router router = Router.router(vertx);
    router.route().handler(this::hold);
    HttpServer server =
        done(
            vertx
                .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(router)
                .listen());
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(server.actualPort()));
  }

  @AfterEach
  void stop() throws Exception {
    done(vertx.close());
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
  }

  private void hold(RoutingContext context) {
    String path = context.request().path();
    context.response().exceptionHandler(failed -> context.request().connection().close());
    if (!path.equals("/late")) {
      connections.listen(context, () -> left.add(path));
    }
    loops.add(vertx.getOrCreateContext());
    asked.put(path, context);
  }

  private HttpClientRequest send(String path) throws Exception {
    HttpClientRequest request = done(client.request(HttpMethod.GET, path));
    var _ = request.send();
    await().atMost(PATIENCE).until(() -> asked.containsKey(path));
    return request;
  }

  @Test
  void the_reset_of_a_stream_is_told_to_its_own_request() throws Exception {
    // Given
    HttpClientRequest leaving = send("/leaving");
    send("/staying");

    // When
    leaving.reset(CANCEL);

    // Then
    await().atMost(PATIENCE).until(() -> left.contains("/leaving"));
    assertThat(left).containsExactly("/leaving");
    assertThat(connections.open()).isEqualTo(1);
  }

  @Test
  void who_listens_after_the_reset_is_told_too() throws Exception {
    // Given
    HttpClientRequest leaving = send("/leaving");
    HttpClientRequest late = send("/late");
    late.reset(CANCEL);
    leaving.reset(CANCEL);
    await().atMost(PATIENCE).until(() -> left.contains("/leaving"));

    // When: on a thread of its own, as work does
    connections.listen(contextOf("/late"), () -> left.add("/late"));

    // Then
    await().atMost(PATIENCE).until(() -> left.contains("/late"));
  }

  @Test
  void who_listens_after_the_reset_on_the_event_loop_is_told_too() throws Exception {
    // Given
    HttpClientRequest leaving = send("/leaving");
    HttpClientRequest late = send("/late");
    late.reset(CANCEL);
    leaving.reset(CANCEL);
    await().atMost(PATIENCE).until(() -> left.contains("/leaving"));

    // When: as a request does whose key was looked up first
    loops
        .get(0)
        .runOnContext(later -> connections.listen(contextOf("/late"), () -> left.add("/late")));

    // Then
    await().atMost(PATIENCE).until(() -> left.contains("/late"));
  }

  @Test
  void what_is_written_to_a_stream_that_is_over_ends_no_other() throws Exception {
    // Given
    HttpClientRequest leaving = send("/leaving");
    HttpClientRequest staying = done(client.request(HttpMethod.GET, "/staying"));
    Future<Buffer> answer = staying.send().compose(HttpClientResponse::body);
    await().atMost(PATIENCE).until(() -> asked.containsKey("/staying"));
    contextOf("/leaving").response().setChunked(true).write("a part");
    leaving.reset(CANCEL);
    await().atMost(PATIENCE).until(() -> left.contains("/leaving"));

    // When
    contextOf("/leaving").response().write(Buffer.buffer("another"), null);

    // Then
    contextOf("/staying").response().end("done");
    assertThat(done(answer).toString()).isEqualTo("done");
    assertThat(connections.open()).isEqualTo(1);
  }

  @Test
  void an_answer_is_no_leaving() throws Exception {
    // Given
    HttpClientRequest answered = done(client.request(HttpMethod.GET, "/answered"));
    Future<Void> answer = answered.send().compose(HttpClientResponse::end);
    await().atMost(PATIENCE).until(() -> asked.containsKey("/answered"));

    // When
    contextOf("/answered").response().end("done");
    done(answer);
    HttpClientRequest next = send("/next");
    next.reset(CANCEL);

    // Then: the stream of the one before was closed before this one's
    await().atMost(PATIENCE).until(() -> left.contains("/next"));
    assertThat(left).containsExactly("/next");
  }

  private RoutingContext contextOf(String path) {
    RoutingContext context = asked.get(path);
    assertThat(context).isNotNull();
    return java.util.Objects.requireNonNull(context);
  }
}
