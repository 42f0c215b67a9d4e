package com.sutazai.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.Certificates;
import com.sutazai.testing.Certificates.Pair;
import com.sutazai.testing.Ports;
import com.sutazai.testing.Product;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door with a certificate. */
class TlsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  private static HttpResponse<String> get(SSLContext trust, int port, String scheme)
      throws IOException, InterruptedException {
    // An upgrade of plain HTTP is not what browsers ask for.
    var version = scheme.equals("http") ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2;
    try (HttpClient client = HttpClient.newBuilder().sslContext(trust).version(version).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + port + "/health"))
              .timeout(PATIENCE)
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static void awaitUp(Product product, SSLContext trust) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> product.isAlive() && get(trust, product.port(), "https").statusCode() == 200);
  }

  @Test
  void the_port_speaks_tls_and_http_2_and_takes_a_new_certificate_without_a_restart()
      throws Exception {
    // Given
    var certificates = Certificates.in(folder);
    Pair first = certificates.certificate("first", "DNS:localhost");
    Path certificate = Files.copy(first.certificate(), folder.resolve("door.pem"));
    Path key = Files.copy(first.key(), folder.resolve("door.key"));
    SSLContext trust = certificates.trusting();
    int redirect = Ports.free();
    try (Product product =
        Product.start(
            folder.resolve("data"),
            Map.of(
                "SUTAZAI_TLS_CERTIFICATE", certificate.toString(),
                "SUTAZAI_TLS_KEY", key.toString(),
                "SUTAZAI_TLS_RELOAD", "1s",
                "SUTAZAI_TLS_REDIRECT_PORT", String.valueOf(redirect)))) {
      awaitUp(product, trust);

      // When
      HttpResponse<String> answer = get(trust, product.port(), "https");

      // Then
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
      assertThat(subject(answer)).isEqualTo("CN=first");
      assertThatThrownBy(() -> get(SSLContext.getDefault(), product.port(), "https"))
          .isInstanceOf(SSLException.class);
      assertThatThrownBy(() -> get(trust, product.port(), "http")).isInstanceOf(IOException.class);
      HttpResponse<String> plain = get(trust, redirect, "http");
      assertThat(plain.statusCode()).isBetween(300, 399);
      assertThat(plain.headers().firstValue("Location").orElseThrow())
          .isEqualTo("https://localhost:" + product.port() + "/health");
      assertThat(product.log()).contains("https://127.0.0.1:" + product.port());

      // When
      Pair second = certificates.certificate("second", "DNS:localhost");
      Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);

      // Then
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> subject(get(trust, product.port(), "https")).equals("CN=second"));
    }
  }

  /** A body of which a byte comes now and then, and never the last one. */
  private static final class Trickle extends InputStream {
    @Override
    public int read() throws IOException {
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return ' ';
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      into[offset] = (byte) read();
      return 1;
    }
  }

  @Test
  void a_body_that_comes_too_slowly_over_http_2_ends_its_stream_and_no_other() throws Exception {
    // Given
    var certificates = Certificates.in(folder);
    Pair server = certificates.certificate("server", "DNS:localhost");
    SSLContext trust = certificates.trusting();
    try (Product product =
            Product.start(
                folder.resolve("data"),
                Map.of(
                    "SUTAZAI_TLS_CERTIFICATE", server.certificate().toString(),
                    "SUTAZAI_TLS_KEY", server.key().toString(),
                    "SUTAZAI_HTTP_BODY_GRACE", "1s"));
        HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
      awaitUp(product, trust);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + product.port() + "/metrics"));
      client.send(request.build(), BodyHandlers.ofString()); // opens the connection

      // When
      var slow =
          client.sendAsync(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:" + product.port() + "/api/tasks"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofInputStream(Trickle::new))
                  .build(),
              BodyHandlers.ofString());

      // Then
      assertThat(slow)
          .failsWithin(PATIENCE)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(IOException.class);
      HttpResponse<String> other = client.send(request.build(), BodyHandlers.ofString());
      assertThat(other.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(other.body())
          .containsPattern("app_connections_slow_total\\{part=\"body\"\\} [1-9]");
    }
  }

  private static String subject(HttpResponse<String> answer) throws Exception {
    var chain = answer.sslSession().orElseThrow().getPeerCertificates();
    return ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
  }

  @Test
  void a_client_must_show_a_certificate_of_the_authority() throws Exception {
    // Given
    var certificates = Certificates.in(folder);
    var strangers = Certificates.in(folder.resolve("strangers"));
    Pair server = certificates.certificate("server", "DNS:localhost");
    SSLContext known = certificates.showing(certificates.certificate("client", "DNS:client"));
    try (Product product =
        Product.start(
            folder.resolve("data"),
            Map.of(
                "SUTAZAI_TLS_CERTIFICATE", server.certificate().toString(),
                "SUTAZAI_TLS_KEY", server.key().toString(),
                "SUTAZAI_TLS_CLIENT_AUTHORITIES", certificates.authority().toString()))) {

      // When
      awaitUp(product, known);

      // Then
      assertThat(get(known, product.port(), "https").statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> get(certificates.trusting(), product.port(), "https"))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(
              () ->
                  get(
                      strangers.showing(strangers.certificate("other", "DNS:client")),
                      product.port(),
                      "https"))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_certificate_without_its_key_ends_the_start() throws Exception {
    try (Product product =
        Product.start(
            folder.resolve("data"), Map.of("SUTAZAI_TLS_CERTIFICATE", "/no/such/file.pem"))) {
      assertThat(product.awaitExit()).isNotZero();
      assertThat(product.log()).contains("SUTAZAI_TLS_KEY").doesNotContain("\tat ");
    }
  }
}
