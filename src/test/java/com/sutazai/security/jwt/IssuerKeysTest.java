package com.sutazai.security.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwk.JsonWebKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An issuer that answers, and one that begins to and does not go on. */
@Timeout(120)
class IssuerKeysTest {
  private static final String KEYS =
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"first\","
          + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
          + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch stalled = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private volatile String behaviour = "answers";

  IssuerKeysTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    server.setExecutor(threads);
    server.createContext("/keys", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    exchange.sendResponseHeaders(200, 0);
    try (var body = exchange.getResponseBody()) {
      switch (behaviour) {
        case "stalls" -> {
          body.write('{');
          body.flush();
          stalled.countDown();
          over.await();
        }
        case "never ends" -> {
          for (int i = 0; i < 4096; i++) {
            body.write(new byte[1024]);
          }
        }
        default -> body.write(KEYS.getBytes(UTF_8));
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private IssuerKeys keys() {
    return keys(Duration.ofSeconds(60));
  }

  private IssuerKeys keys(Duration patience) {
    return new IssuerKeys(
        "http://issuer.example",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/keys",
        new ObjectMapper(),
        now::get,
        patience);
  }

  @Test
  void known_keys_answer_while_the_issuer_stalls_in_its_answer() throws Exception {
    // Given
    IssuerKeys keys = keys();
    keys.keys("first");
    behaviour = "stalls";
    now.addAndGet(Duration.ofMinutes(11).toNanos());

    // When
    keys.keys("first");
    stalled.await();

    // Then
    for (int i = 0; i < 100; i++) {
      assertThat(keys.keys("first")).extracting(JsonWebKey::getKeyId).containsExactly("first");
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void an_answer_that_stalls_is_given_up() throws Exception {
    // Given
    behaviour = "stalls";

    // When, then
    IssuerKeys keys = keys(Duration.ofMillis(500));
    assertThatThrownBy(() -> keys.keys("first"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("TimeoutException");
  }

  @Test
  void an_answer_that_is_too_long_is_given_up() {
    // Given
    behaviour = "never ends";

    // When, then
    assertThatThrownBy(() -> keys().keys("first"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("IOException");
  }

  @Test
  void a_key_that_is_not_known_is_asked_for_but_not_again_at_once() throws Exception {
    // Given
    IssuerKeys keys = keys();
    keys.keys("first");

    // When
    keys.keys("second");
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    for (int i = 0; i < 10; i++) {
      keys.keys("second");
    }

    // Then
    assertThat(asked).hasValue(2);
  }
}
