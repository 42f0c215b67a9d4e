package com.sutazai.engine.pull;

import com.sutazai.platform.net.AddressGuard;
import com.sutazai.platform.net.AddressGuard.ForbiddenAddressException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Gets things from other machines: over TLS and from public addresses only, but for the registry
 * that the operator set. Where a server sends us on, each place is looked at like the first one.
 */
final class Web implements AutoCloseable {
  private static final int MOST_HOPS = 5;
  private static final Duration CONNECT = Duration.ofSeconds(15);

  /** Until an answer begins. */
  private static final Duration FIRST_BYTE = Duration.ofSeconds(60);

  private final AddressGuard guard = AddressGuard.standalone();
  private final PullConfig config;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Web(PullConfig config) {
    this.config = config;
  }

  /** Asks for what is there, with these headers. The caller closes the body. */
  HttpResponse<InputStream> get(URI from, String... headers)
      throws IOException, InterruptedException {
    URI at = from;
    for (int hop = 0; hop <= MOST_HOPS; hop++) {
      requireAllowed(at);
      HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(FIRST_BYTE);
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<InputStream> response = send(request.build());
      if (response.statusCode() / 100 != 3) {
        return response;
      }
      response.body().close();
      at = at.resolve(response.headers().firstValue("Location").orElse(""));
    }
    throw new PullException(from.getHost() + " sends its callers around in circles");
  }

  private HttpResponse<InputStream> send(HttpRequest request)
      throws IOException, InterruptedException {
    String host = request.uri().getHost();
    try {
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (SSLException e) {
      throw new PullException(host + " cannot be trusted: " + e.getMessage(), e);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw unreachable(host, e);
    }
  }

  private static PullException unreachable(String host, Exception cause) {
    return new PullException(
        host
            + " cannot be reached: without a network, copy a .gguf file into the models folder"
            + " instead",
        cause);
  }

  private void requireAllowed(URI at) throws PullException, InterruptedException {
    String host = at.getHost();
    if (host == null) {
      throw new PullException(at + " is no address");
    }
    if (isOfRegistry(at)) {
      return;
    }
    if (!"https".equals(at.getScheme())) {
      throw new PullException(at + " is not asked: models come over https only");
    }
    try {
      guard.destinations(at, config.allowPrivate(), CONNECT);
    } catch (ForbiddenAddressException e) {
      throw new PullException(
          host + " is not a public address; sutazai.inference.engine.allow-private allows others",
          e);
    } catch (UnknownHostException | TimeoutException e) {
      throw unreachable(host, e);
    }
  }

  /** The operator chose it, so it may be anywhere, and be asked without TLS. */
  private boolean isOfRegistry(URI at) {
    URI registry = config.registry();
    return at.getScheme() != null
        && at.getScheme().equals(registry.getScheme())
        && at.getHost().equals(registry.getHost())
        && at.getPort() == registry.getPort();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
