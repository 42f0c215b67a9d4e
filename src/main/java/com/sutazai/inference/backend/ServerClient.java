package com.sutazai.inference.backend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.platform.model.ModelTag;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks with model servers over pooled connections. What can be streamed is always asked for as a
 * stream: only so can a silent server be told from a slow one. One call is one try.
 */
@Singleton
public class ServerClient {
  private static final int LONGEST_ERROR = 64 * 1024;
  private static final int LONGEST_ANSWER = 64 * 1024 * 1024;

  private final HttpClient http;
  private final BackendConfig config;
  private final ObjectMapper json;
  private final InstantSource clock;

  /**
   * Where all connections are at home, and each request is made: one that was made on another event
   * loop than its connection's would be handed to and fro between both.
   */
  private final Context home;

  ServerClient(Vertx vertx, BackendConfig config, ObjectMapper json, InstantSource clock) {
    home = ((VertxInternal) vertx).createEventLoopContext();
    this.config = config;
    this.json = json;
    this.clock = clock;
    http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) config.connectTimeout().toMillis())
                .setMaxPoolSize(config.maxConcurrent())
                .setKeepAliveTimeout((int) config.keepAlive().toSeconds())
                .setDecompressionSupported(false));
  }

  void close(@Observes ShutdownEvent event) {
    http.close();
  }

  /** One call to a server. */
  public record Ask(Backend server, HttpMethod method, String path, @Nullable ObjectNode body) {
    public static Ask post(Backend server, String path, ObjectNode body) {
      return new Ask(server, HttpMethod.POST, path, body);
    }

    String model() {
      return body == null ? "" : body.path("model").asText("");
    }
  }

  /**
   * The request in the server's words.
   *
   * @throws com.sutazai.platform.error.ProblemException 400 when the server cannot serve a part
   */
  public Wire wire(Backend server, Operation operation, ObjectNode body, String model) {
    return Wire.of(server, operation, body, model, clock);
  }

  /** Asks and waits for the head of a streamed answer. */
  public TokenStream stream(Ask ask) throws ModelFailure, InterruptedException {
    Runnable over = ask.server().called();
    boolean opened = false;
    try {
      TokenStream lines =
          send(
              ask,
              config.firstByteTimeout(),
              (request, response) ->
                  Future.succeededFuture(new TokenStream(request, response, home, over)));
      opened = true;
      return lines;
    } finally {
      if (!opened) {
        over.run();
      }
    }
  }

  /** Asks and waits for the whole answer. */
  public byte[] whole(Ask ask, Duration limit) throws ModelFailure, InterruptedException {
    Runnable over = ask.server().called();
    try {
      return send(ask, limit, (request, response) -> Body.read(response, LONGEST_ANSWER))
          .getBytes();
    } finally {
      over.run();
    }
  }

  /** Asks and waits for the whole answer, which is one JSON value; null when it has no body. */
  public @Nullable JsonNode json(Ask ask, Duration limit)
      throws ModelFailure, InterruptedException {
    byte[] body = whole(ask, limit);
    try {
      return body.length == 0 ? null : json.readTree(body);
    } catch (IOException e) {
      throw new ModelFailure(Kind.GARBLED, "The model server sent an answer that is no JSON.", e);
    }
  }

  /** How a good answer is read; runs on the event loop before its data flows. */
  private interface Reading<T> {
    Future<T> read(HttpClientRequest request, HttpClientResponse response);
  }

  private <T> T send(Ask ask, Duration limit, Reading<T> reading)
      throws ModelFailure, InterruptedException {
    Buffer body = ask.body() == null ? null : bytes(ask.body());
    RequestOptions target = target(ask);
    Promise<HttpClientRequest> asking = Promise.promise();
    home.runOnContext(go -> http.request(target).onComplete(asking));
    Future<HttpClientRequest> connecting = asking.future();
    Future<T> answer = connecting.compose(request -> sent(request, body, ask.model(), reading));
    try {
      return await(ask.server(), answer, limit);
    } catch (ModelFailure | InterruptedException e) {
      // Of a refusal that was read whole, the connection may serve somebody else by now.
      if (!answer.failed()) {
        connecting.onSuccess(HttpClientRequest::reset);
      }
      throw e;
    }
  }

  /** Runs where the connection is at home: who was woken up for it would only hand it back. */
  private <T> Future<T> sent(
      HttpClientRequest request, @Nullable Buffer body, String model, Reading<T> reading) {
    request.exceptionHandler(told -> {}); // the futures tell it
    // Asked for before anything is sent: an answer that comes at once would else have gone by.
    Future<T> answer =
        request
            .response()
            .compose(
                response ->
                    response.statusCode() / 100 == 2
                        ? reading.read(request, response)
                        : refused(response, model));
    var _ = body == null ? request.send() : request.send(body);
    return answer;
  }

  private <T> Future<T> refused(HttpClientResponse response, String model) {
    return Body.read(response, LONGEST_ERROR)
        .recover(e -> Future.succeededFuture(Buffer.buffer()))
        .compose(body -> Future.failedFuture(refusal(response.statusCode(), body, model)));
  }

  private ModelFailure refusal(int status, Buffer body, String model) {
    String words = errorText(body);
    String said = "The model server answered " + status + ": " + words;
    return switch (status) {
      case 401, 403, 407 -> new ModelFailure(Kind.SHUT_OUT, said);
      case 404 ->
          isOfModel(words, model)
              ? new ModelFailure(
                  Kind.MISSING_MODEL, said + ". Install it with: ollama pull " + model)
              : new ModelFailure(Kind.REFUSED, said);
      case 429, 503 -> new ModelFailure(Kind.OVERLOADED, said);
      case 501 -> new ModelFailure(Kind.REFUSED, said); // it would be no other the next time
      default -> new ModelFailure(status >= 500 ? Kind.SERVER_ERROR : Kind.REFUSED, said);
    };
  }

  /** Whether a 404 is about the model, and not about a route that the server lacks. */
  private static boolean isOfModel(String words, String model) {
    String lower = words.toLowerCase(Locale.ROOT);
    return lower.contains(ModelTag.plain(model).toLowerCase(Locale.ROOT))
        || lower.contains("model") && lower.contains("not found");
  }

  /** {@code error} of Ollama, {@code error.message} of OpenAI. */
  private String errorText(Buffer body) {
    try {
      JsonNode error = json.readTree(body.getBytes()).path("error");
      JsonNode message = error.isTextual() ? error : error.path("message");
      if (message.isTextual()) {
        return shortened(message.textValue());
      }
    } catch (IOException e) {
      // not JSON: nothing in it is worth showing to a caller
    }
    return "no explanation";
  }

  static String shortened(String text) {
    return text.length() > 500 ? text.substring(0, 500) + "…" : text;
  }

  private RequestOptions target(Ask ask) throws ModelFailure, InterruptedException {
    URI base = ask.server().reach();
    String prefix = base.getRawPath() == null ? "" : base.getRawPath();
    boolean tls = "https".equals(base.getScheme());
    int port = base.getPort() > 0 ? base.getPort() : tls ? 443 : 80;
    RequestOptions options =
        new RequestOptions()
            .setMethod(ask.method())
            .setHost(base.getHost())
            .setPort(port)
            .setSsl(tls)
            .setURI(prefix + ask.path())
            .setConnectTimeout(config.connectTimeout().multipliedBy(2).toMillis());
    String authorization = ask.server().authorization();
    if (authorization != null) {
      options.putHeader("Authorization", authorization);
    }
    return ask.body() == null ? options : options.putHeader("Content-Type", "application/json");
  }

  private Buffer bytes(ObjectNode body) {
    try {
      return Buffer.buffer(json.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T await(Backend server, Future<T> future, Duration limit)
      throws ModelFailure, InterruptedException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ModelFailure(
          Kind.TIMEOUT,
          "The model server did not begin to answer within " + limit.toSeconds() + " s.");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof ModelFailure failure ? failure : failure(server, cause);
    }
  }

  private static ModelFailure failure(Backend server, Throwable cause) {
    boolean connected =
        cause instanceof io.vertx.core.http.HttpClosedException
            || cause instanceof java.net.SocketException
                && !(cause instanceof java.net.ConnectException);
    return connected
        ? new ModelFailure(
            Kind.CUT, "The model server ended the connection before its answer.", cause)
        : unreachable(server, cause);
  }

  static ModelFailure unreachable(Backend server, Throwable cause) {
    if (server.isEngine()) {
      return new ModelFailure(
          Kind.UNREACHABLE, "The engine inside does not answer; it is started again.", cause);
    }
    return new ModelFailure(
        Kind.UNREACHABLE,
        "No model server answers at "
            + server.url()
            + (server.isOllama()
                ? ". Start Ollama (ollama serve) or set OLLAMA_BASE_URL."
                : ". Start it or set OPENAI_BASE_URL."),
        cause);
  }
}
