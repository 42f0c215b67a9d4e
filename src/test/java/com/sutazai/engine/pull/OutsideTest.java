package com.sutazai.engine.pull;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import com.sutazai.platform.net.AddressGuard.ForbiddenAddressException;
import com.sutazai.testing.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of a stranger, that speaks TLS on loopback as {@code localhost}. */
class OutsideTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final AtomicInteger ASKED = new AtomicInteger();

  @TempDir static Path folder;
  private static @Nullable HttpsServer server;
  private static @Nullable SSLSocketFactory trusting;

  @BeforeAll
  static void start() throws Exception {
    Certificates certificates = Certificates.in(folder);
    trusting = certificates.trusting().getSocketFactory();
    HttpsServer https = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(
            certificates.showing(certificates.certificate("localhost", "DNS:localhost"))));
    https.createContext("/", OutsideTest::answer);
    https.start();
    server = https;
  }

  @AfterAll
  static void stop() {
    requireNonNull(server).stop(0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    ASKED.incrementAndGet();
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      byte[] body = ("range " + range).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      exchange.getResponseHeaders().add("ETag", "\"v1\"");
      exchange.getResponseHeaders().add("Location", "/elsewhere");
      int status = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static URI at(String host, int status) {
    int port = requireNonNull(server).getAddress().getPort();
    return URI.create("https://" + host + ":" + port + "/" + status);
  }

  private static Outside outside(boolean allowPrivate) {
    return new Outside(requireNonNull(trusting), allowPrivate, PATIENCE, PATIENCE);
  }

  /**
   * CWE-918, CWE-367: whatever the name meant when it was judged, it means loopback when it is
   * connected to.
   */
  @Test
  void a_name_that_leads_to_a_private_address_when_it_is_connected_to_leads_nowhere() {
    // Given
    int before = ASKED.get();

    // When, then
    assertThatThrownBy(() -> outside(false).get(at("localhost", 200)))
        .isInstanceOf(ForbiddenAddressException.class);
    assertThat(ASKED).hasValue(before);
  }

  @Test
  void an_answer_has_its_status_its_fields_and_its_body() throws Exception {
    for (int status : new int[] {200, 206, 404, 500}) {
      // When
      HttpResponse<InputStream> answer =
          outside(true).get(at("localhost", status), "Range", "bytes=1-");

      // Then
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.headers().firstValue("ETag")).contains("\"v1\"");
      assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(14);
      try (InputStream body = answer.body()) {
        assertThat(body).hasContent("range bytes=1-");
      }
    }
  }

  @Test
  void a_redirect_is_told_and_not_followed() throws Exception {
    HttpResponse<InputStream> answer = outside(true).get(at("localhost", 302));
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).contains("/elsewhere");
  }

  @Test
  void a_certificate_of_another_name_is_not_trusted() {
    assertThatThrownBy(() -> outside(true).get(at("127.0.0.1", 200)))
        .isInstanceOf(SSLException.class);
  }
}
