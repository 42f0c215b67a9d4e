package com.sutazai.tasks.callback;

import com.sutazai.platform.net.AddressGuard;
import com.sutazai.platform.net.AddressGuard.Destination;
import com.sutazai.platform.net.AddressGuard.ForbiddenAddressException;
import io.quarkus.runtime.ShutdownEvent;
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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends one message to one receiver, where {@link AddressGuard} lets it go. Redirects are not
 * followed.
 */
@ApplicationScoped
class CallbackClient {
  private static final int MOST_READ = 64 * 1024;
  private static final int KEEP_ALIVE_SECONDS = 30;

  private final HttpClient http;
  private final AddressGuard guard;
  private final CallbackConfig config;

  CallbackClient(Vertx vertx, AddressGuard guard, CallbackConfig config) {
    this.guard = guard;
    this.config = config;
    http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) config.timeout().toMillis())
                .setMaxPoolSize(Math.max(1, config.concurrency()))
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setDecompressionSupported(false));
  }

  void close(@Observes ShutdownEvent event) {
    http.close();
  }

  /** Posts the JSON; all of it takes at most {@code sutazai.tasks.callback.timeout}. */
  Reply post(String url, Map<String, String> headers, byte[] json) throws InterruptedException {
    long deadline = System.nanoTime() + config.timeout().toNanos();
    URI uri = URI.create(url);
    try {
      List<Destination> destinations =
          guard.destinations(uri, config.allowPrivate(), left(deadline));
      return post(destinations, headers, json, deadline);
    } catch (ForbiddenAddressException e) {
      return new Reply.Refused(
          "The name of the receiver leads to a loopback, private or otherwise special address ("
              + Callbacks.ALLOW_PRIVATE
              + ").");
    } catch (UnknownHostException e) {
      return new Reply.Unreachable("The name of the receiver cannot be resolved.");
    } catch (TimeoutException e) {
      return new Reply.Unreachable(
          "The receiver did not answer within " + config.timeout().toMillis() + " ms.");
    }
  }

  /** To the first address that can be connected to. */
  private Reply post(
      List<Destination> destinations, Map<String, String> headers, byte[] json, long deadline)
      throws TimeoutException, InterruptedException {
    for (Destination each : destinations) {
      try {
        return post(each.request(HttpMethod.POST), headers, json, deadline);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof ConnectException)) {
          return new Reply.Unreachable(reason(e));
        }
      }
    }
    return new Reply.Unreachable("The receiver cannot be connected to.");
  }

  private Reply post(RequestOptions target, Map<String, String> headers, byte[] json, long deadline)
      throws ExecutionException, TimeoutException, InterruptedException {
    Future<HttpClientRequest> connecting = http.request(target);
    HttpClientRequest request;
    try {
      request = await(connecting, deadline);
    } catch (TimeoutException | InterruptedException e) {
      connecting.onSuccess(HttpClientRequest::reset);
      throw e;
    }
    boolean done = false;
    try {
      headers.forEach(request::putHeader);
      // Asked for before anything is sent: an answer that comes at once would else have gone by.
      Future<HttpClientResponse> answer = request.response().map(HttpClientResponse::pause);
      var _ = request.send(Buffer.buffer(json));
      HttpClientResponse head = await(answer, deadline);
      done = isRead(head, deadline);
      return new Reply.Answered(head.statusCode());
    } finally {
      if (!done) {
        request.reset();
      }
    }
  }

  /** Reads the answer and drops it, so that the connection can be used again; whether it ended. */
  private static boolean isRead(HttpClientResponse response, long deadline)
      throws InterruptedException {
    Promise<Boolean> end = Promise.promise();
    int[] size = {0};
    response.handler(
        chunk -> {
          size[0] += chunk.length();
          if (size[0] > MOST_READ) {
            response.pause();
            end.tryComplete(false);
          }
        });
    response.exceptionHandler(e -> end.tryComplete(false));
    response.endHandler(all -> end.tryComplete(true));
    response.resume();
    try {
      return await(end.future(), deadline);
    } catch (TimeoutException | ExecutionException e) {
      return false; // its head has said what matters
    }
  }

  private static String reason(ExecutionException e) {
    return e.getCause() instanceof SSLException
        ? "The receiver's certificate or TLS is not acceptable: " + root(e).getMessage()
        : "The connection to the receiver broke before its answer.";
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null ? e : root(e.getCause());
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private static <T> T await(Future<T> future, long deadline)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(left(deadline).toNanos(), TimeUnit.NANOSECONDS);
  }
}
