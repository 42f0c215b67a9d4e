package com.sutazai.engine.pull;

import com.sutazai.platform.net.AddressGuard;
import com.sutazai.platform.net.AddressGuard.ForbiddenAddressException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketException;
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
import javax.net.ssl.SSLSocketFactory;

/**
 * Gets things from other machines: over TLS and from public addresses only, but for the registry
 * that the operator set. Where a server sends us on, each place is looked at like the first one. A
 * name that changes its meaning after it was judged leads nowhere: {@link Outside}.
 */
final class Web implements AutoCloseable {
  private static final int MOST_HOPS = 5;
  private static final Duration CONNECT = Duration.ofSeconds(15);

  /** Until an answer begins. */
  private static final Duration FIRST_BYTE = Duration.ofSeconds(60);

  private final AddressGuard guard = AddressGuard.standalone();
  private final PullConfig config;
  private final Outside outside;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Web(PullConfig config) {
    this.config = config;
    outside =
        new Outside(
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            config.allowPrivate(),
            CONNECT,
            FIRST_BYTE);
  }

  /** Asks for what is there, with these headers. The caller closes the body. */
  HttpResponse<InputStream> get(URI from, String... headers)
      throws IOException, InterruptedException {
    URI at = from;
    for (int hop = 0; hop <= MOST_HOPS; hop++) {
      requireAllowed(at);
      HttpResponse<InputStream> response = send(at, headers);
      if (response.statusCode() / 100 != 3) {
        return response;
      }
      response.body().close();
      at = at.resolve(response.headers().firstValue("Location").orElse(""));
    }
    throw new PullException(from.getHost() + " sends its callers around in circles");
  }

  private HttpResponse<InputStream> send(URI at, String... headers)
      throws IOException, InterruptedException {
    String host = at.getHost();
    try {
      return isOfRegistry(at) ? askRegistry(at, headers) : outside.get(at, headers);
    } catch (ForbiddenAddressException e) {
      throw forbidden(host, e);
    } catch (SSLException e) {
      requireNoInterrupt();
      throw new PullException(host + " cannot be trusted: " + e.getMessage(), e);
    } catch (ConnectException | HttpConnectTimeoutException | UnknownHostException e) {
      throw unreachable(host, e);
    } catch (SocketException e) {
      requireNoInterrupt();
      throw e;
    }
  }

  private HttpResponse<InputStream> askRegistry(URI at, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(FIRST_BYTE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofInputStream());
  }

  /** A thread that is interrupted finds its connection closed. */
  private static void requireNoInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static PullException forbidden(String host, ForbiddenAddressException cause) {
    return new PullException(
        host + " is not a public address; sutazai.inference.engine.allow-private allows others",
        cause);
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
      throw forbidden(host, e);
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
