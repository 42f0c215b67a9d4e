package com.sutazai.platform.net;

import com.sutazai.platform.net.AddressGuard.Destination;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches what a caller names by its URL. Each redirect is checked like the first URL, by what it
 * says and by what its name leads to; none leads from https to http. The calling thread waits.
 */
@ApplicationScoped
public class Downloads {
  private static final int MOST_REDIRECTS = 5;
  private static final int PIECES_AHEAD = 16;
  private static final Object END = new Object();

  private final HttpClient http;
  private final AddressGuard guard;

  Downloads(Vertx vertx, AddressGuard guard) {
    this.guard = guard;
    http = vertx.createHttpClient(new HttpClientOptions().setDecompressionSupported(false));
  }

  void close(@Observes ShutdownEvent event) {
    http.close();
  }

  /**
   * What one download may take.
   *
   * @param allowPrivate whether it may lead to this machine and its own network
   * @param setting what would allow that
   * @param maxBytes longest body
   * @param silence longest time in which nothing comes
   */
  public record Limits(boolean allowPrivate, String setting, long maxBytes, Duration silence) {}

  /** Takes what comes. */
  public interface Sink {
    /**
     * Called once, before the body.
     *
     * @param length of the body; negative when it is not told
     * @return where the body goes; it is not closed
     */
    OutputStream begin(int status, long length, Map<String, String> headers) throws IOException;
  }

  /**
   * Fetches the URL.
   *
   * @return the bytes of the body
   * @throws IOException with a sentence for the caller
   */
  public long fetch(String url, Map<String, String> headers, Limits limits, Sink sink)
      throws IOException, InterruptedException {
    URI next = OutsideUrl.checked("url", url, limits.allowPrivate(), limits.setting());
    Map<String, String> sent = new HashMap<>(headers);
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpClientResponse response = open(next, sent, limits);
      String location = response.getHeader("Location");
      if (response.statusCode() / 100 != 3 || location == null) {
        return read(response, limits, sink);
      }
      response.request().reset();
      URI target = redirected(next, location, limits);
      if (!target.getHost().equalsIgnoreCase(next.getHost())) {
        sent.keySet().removeIf(name -> name.equalsIgnoreCase("Authorization"));
      }
      next = target;
    }
    throw new IOException("The URL leads from one redirect to the next.");
  }

  private static URI redirected(URI from, String location, Limits limits) throws IOException {
    URI target;
    try {
      target = from.resolve(location.replaceFirst("#.*", ""));
    } catch (IllegalArgumentException e) {
      throw new IOException("The URL leads to one that cannot be read.");
    }
    if (OutsideUrl.isTls(from) && !OutsideUrl.isTls(target)) {
      throw new IOException("The URL leads from https to http.");
    }
    return OutsideUrl.checked(
        "the redirect of url", target.toString(), limits.allowPrivate(), limits.setting());
  }

  private HttpClientResponse open(URI url, Map<String, String> headers, Limits limits)
      throws IOException, InterruptedException {
    try {
      for (Destination each : guard.destinations(url, limits.allowPrivate(), limits.silence())) {
        try {
          return open(each, headers, limits.silence());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof ConnectException)) {
            throw new IOException("The connection broke before the answer.");
          }
        }
      }
    } catch (TimeoutException e) {
      throw new IOException("The server did not answer within " + limits.silence() + ".");
    }
    throw new IOException("The server cannot be connected to.");
  }

  private HttpClientResponse open(Destination to, Map<String, String> headers, Duration most)
      throws ExecutionException, TimeoutException, InterruptedException {
    Future<HttpClientResponse> opening =
        http.request(to.request(HttpMethod.GET))
            .compose(
                request -> {
                  headers.forEach(request::putHeader);
                  // Paused at once: what comes before somebody reads would be lost.
                  Future<HttpClientResponse> answer =
                      request.response().map(HttpClientResponse::pause);
                  var _ = request.send();
                  return answer;
                });
    try {
      return opening
          .toCompletionStage()
          .toCompletableFuture()
          .get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | InterruptedException e) {
      opening.onSuccess(late -> late.request().reset());
      throw e;
    }
  }

  private static long read(HttpClientResponse response, Limits limits, Sink sink)
      throws IOException, InterruptedException {
    HttpClientRequest request = response.request();
    boolean done = false;
    try {
      BlockingQueue<Object> pieces = new LinkedBlockingQueue<>();
      response.handler(pieces::add);
      response.endHandler(end -> pieces.add(END));
      response.exceptionHandler(pieces::add);
      Map<String, String> headers = new HashMap<>();
      response
          .headers()
          .forEach((name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), value));
      OutputStream out = sink.begin(response.statusCode(), length(response), Map.copyOf(headers));
      response.fetch(PIECES_AHEAD);
      long bytes = 0;
      for (Object piece = next(pieces, limits); piece != END; piece = next(pieces, limits)) {
        byte[] content = ((Buffer) piece).getBytes();
        bytes += content.length;
        if (bytes > limits.maxBytes()) {
          throw new IOException("The file has more than " + limits.maxBytes() + " bytes.");
        }
        out.write(content);
        response.fetch(1);
      }
      done = true;
      return bytes;
    } finally {
      if (!done) {
        request.reset();
      }
    }
  }

  private static Object next(BlockingQueue<Object> pieces, Limits limits)
      throws IOException, InterruptedException {
    Object piece = pieces.poll(limits.silence().toNanos(), TimeUnit.NANOSECONDS);
    if (piece == null) {
      throw new IOException("Nothing came for " + limits.silence() + ".");
    }
    if (piece instanceof Throwable broken) {
      throw new IOException("The connection broke in the middle.", broken);
    }
    return piece;
  }

  private static long length(HttpClientResponse response) {
    List<String> declared = response.headers().getAll("Content-Length");
    return declared.size() == 1 && declared.getFirst().matches("\\d{1,18}")
        ? Long.parseLong(declared.getFirst())
        : -1;
  }
}
