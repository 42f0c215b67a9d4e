package com.sutazai.engine.pull;

import com.sutazai.platform.net.GuardedSockets;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks machines that a caller named, over TLS. Unlike the JDK's newer client, the one that this
 * uses connects by sockets that it is given, and these judge each address when they connect. Where
 * the operator set a proxy ({@code https.proxyHost}), that one decides whom it connects to.
 */
final class Outside {
  private final GuardedSockets sockets;
  private final Duration connect;
  private final Duration silence;

  /**
   * @param silence until an answer begins, and between its parts
   */
  Outside(SSLSocketFactory tls, boolean allowPrivate, Duration connect, Duration silence) {
    sockets = new GuardedSockets(tls, allowPrivate);
    this.connect = connect;
    this.silence = silence;
  }

  /** Asks once, on a connection of its own. The caller closes the body. */
  HttpResponse<InputStream> get(URI at, String... headers) throws IOException {
    var connection = (HttpsURLConnection) at.toURL().openConnection();
    connection.setSSLSocketFactory(sockets);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout((int) connect.toMillis());
    connection.setReadTimeout((int) silence.toMillis());
    connection.setRequestProperty("Connection", "close");
    for (int i = 0; i < headers.length; i += 2) {
      connection.setRequestProperty(headers[i], headers[i + 1]);
    }
    try {
      connection.connect();
    } catch (SocketTimeoutException e) {
      throw new HttpConnectTimeoutException(e.getMessage());
    }
    int status = connection.getResponseCode();
    InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    return new Answer(
        at,
        status,
        headers(connection),
        new Body(connection, body == null ? InputStream.nullInputStream() : body));
  }

  private static HttpHeaders headers(HttpURLConnection connection) {
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    connection
        .getHeaderFields()
        .forEach(
            (name, values) -> {
              if (name != null) { // the status line has none
                fields.put(name.toLowerCase(Locale.ROOT), values);
              }
            });
    return HttpHeaders.of(fields, (name, value) -> true);
  }

  /** Ends its connection with it, whatever is still to come. */
  private static final class Body extends FilterInputStream {
    private final HttpURLConnection connection;

    Body(HttpURLConnection connection, InputStream in) {
      super(in);
      this.connection = connection;
    }

    @Override
    public void close() {
      connection.disconnect();
    }
  }

  private record Answer(URI uri, int statusCode, HttpHeaders headers, InputStream body)
      implements HttpResponse<InputStream> {
    @Override
    public HttpRequest request() {
      return HttpRequest.newBuilder(uri).build();
    }

    @Override
    public Optional<HttpResponse<InputStream>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }
}
