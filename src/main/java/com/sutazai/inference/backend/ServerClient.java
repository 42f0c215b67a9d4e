package com.sutazai.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Body;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.backend.TokenStream;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Speaks Ollama's {@code POST /api/generate} over pooled connections. Answers are always asked for
 * as a stream: only so can a silent server be told from a slow one. One call is one try.
 */
@ApplicationScoped
class OllamaClient {
  private static final int LONGEST_ERROR = 64 * 1024;

  private final HttpClient http;
  private final InferenceConfig config;
  private final ObjectMapper json;
  private final Vertx vertx;

  OllamaClient(Vertx vertx, InferenceConfig config, ObjectMapper json) {
    this.vertx = vertx;
    this.config = config;
    this.json = json;
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

  /** Asks and waits for the head of the answer. */
  TokenStream generate(String model, String prompt, ObjectNode options)
      throws ModelFailure, InterruptedException {
    ObjectNode body = json.createObjectNode();
    body.put("model", model).put("prompt", prompt).put("stream", true).set("options", options);
    HttpClientRequest request =
        await(http.request(target("/api/generate")), config.connectTimeout().multipliedBy(2));
    try {
      // Asked for before anything is sent: an answer that comes at once would else have gone by.
      Future<TokenStream> answer =
          request.response().compose(response -> opened(request, response, model));
      var _ =
          request.putHeader("Content-Type", "application/json").send(Buffer.buffer(bytes(body)));
      return await(answer, config.firstByteTimeout());
    } catch (ModelFailure | InterruptedException e) {
      request.reset();
      throw e;
    }
  }

  private Future<TokenStream> opened(
      HttpClientRequest request, HttpClientResponse response, String model) {
    Context context = vertx.getOrCreateContext();
    if (response.statusCode() == 200) {
      return Future.succeededFuture(new TokenStream(request, response, context));
    }
    return Body.read(response, LONGEST_ERROR)
        .recover(e -> Future.succeededFuture(Buffer.buffer()))
        .compose(body -> Future.failedFuture(refused(response.statusCode(), body, model)));
  }

  private ModelFailure refused(int status, Buffer body, String model) {
    String said = "The model server answered " + status + ": " + errorText(body);
    return switch (status) {
      case 404 ->
          new ModelFailure(Kind.MISSING_MODEL, said + ". Install it with: ollama pull " + model);
      case 429, 503 -> new ModelFailure(Kind.OVERLOADED, said);
      default -> new ModelFailure(status >= 500 ? Kind.SERVER_ERROR : Kind.REFUSED, said);
    };
  }

  private String errorText(Buffer body) {
    try {
      JsonNode error = json.readTree(body.getBytes()).path("error");
      if (error.isTextual()) {
        return shortened(error.textValue());
      }
    } catch (java.io.IOException e) {
      // not JSON: nothing in it is worth showing to a caller
    }
    return "no explanation";
  }

  static String shortened(String text) {
    return text.length() > 500 ? text.substring(0, 500) + "…" : text;
  }

  private RequestOptions target(String path) {
    URI base = config.baseUrl();
    String prefix = base.getRawPath() == null ? "" : base.getRawPath().replaceAll("/+$", "");
    boolean tls = "https".equals(base.getScheme());
    int port = base.getPort() > 0 ? base.getPort() : tls ? 443 : 80;
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setHost(base.getHost())
        .setPort(port)
        .setSsl(tls)
        .setURI(prefix + path);
  }

  private byte[] bytes(ObjectNode body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private <T> T await(Future<T> future, Duration limit) throws ModelFailure, InterruptedException {
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
      throw cause instanceof ModelFailure failure ? failure : failure(cause);
    }
  }

  private ModelFailure failure(Throwable cause) {
    boolean connected =
        cause instanceof io.vertx.core.http.HttpClosedException
            || cause instanceof java.net.SocketException
                && !(cause instanceof java.net.ConnectException);
    return connected
        ? new ModelFailure(
            Kind.CUT, "The model server ended the connection before its answer.", cause)
        : unreachable(config, cause);
  }

  static ModelFailure unreachable(InferenceConfig config, Throwable cause) {
    return new ModelFailure(
        Kind.UNREACHABLE,
        "No model server answers at "
            + config.baseUrl()
            + ". Start Ollama (ollama serve) or set OLLAMA_BASE_URL.",
        cause);
  }
}
