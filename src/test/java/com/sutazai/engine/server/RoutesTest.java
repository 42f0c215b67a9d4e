package com.sutazai.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.RawConnection;
import com.sutazai.testing.RawConnection.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What callers are told whose requests a route cannot take. */
@SuppressWarnings("NullAway.Init")
class RoutesTest {
  private static Vertx vertx;
  private static HttpServer server;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    Map<String, Routes.Route> routes =
        Map.of(
            "POST /deep", (exchange, body) -> descend(0),
            "POST /broken",
                (exchange, body) -> {
                  throw new LinkageError("no such class");
                },
            "POST /good", (exchange, body) -> exchange.text("good"));
    server =
        vertx
            .createHttpServer()
            .requestHandler(new Routes("key", routes))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int descend(int depth) {
    return descend(depth + 1) + 1;
  }

  private static RawConnection connect() throws IOException {
    return RawConnection.to(URI.create("http://127.0.0.1:" + server.actualPort()));
  }

  private static String head(String path, int length) {
    return "POST %s HTTP/1.1\r\nHost: engine\r\nAuthorization: Bearer key\r\nContent-Length: %d\r\n\r\n"
        .formatted(path, length);
  }

  private static Answer ask(RawConnection connection, String path) throws IOException {
    return connection.send(head(path, 0)).answer().orElseThrow();
  }

  @Test
  void a_request_that_the_stack_has_no_room_for_is_answered() throws Exception {
    try (RawConnection connection = connect()) {
      // When
      Answer answer = ask(connection, "/deep");

      // Then
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("nested deeper");
      assertThat(ask(connection, "/good").body()).isEqualTo("good");
    }
  }

  @Test
  void an_error_of_the_engine_s_own_is_answered() throws Exception {
    try (RawConnection connection = connect()) {
      // When
      Answer answer = ask(connection, "/broken");

      // Then
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).contains("no such class");
    }
  }

  @Test
  void a_request_that_is_too_large_is_read_and_told_the_limit() throws Exception {
    // Given
    int length = 32 << 20; // as much as the doors let through
    String piece = "x".repeat(1 << 20);
    try (RawConnection connection = connect()) {
      // When
      connection.send(head("/good", length));
      for (int sent = 0; sent < length; sent += piece.length()) {
        connection.send(piece);
      }
      Answer answer = connection.answer().orElseThrow();

      // Then
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("larger than 8388608 bytes");
      assertThat(ask(connection, "/good").body()).isEqualTo("good");
    }
  }

  @Test
  void a_request_without_an_end_is_read_no_longer() throws Exception {
    // Given
    String piece = "x".repeat(1 << 20);
    try (RawConnection connection = connect()) {
      connection.send(head("/good", 1 << 30));

      // When
      int pieces = 0;
      while (pieces < 1024 && connection.sendIfOpen(piece)) {
        pieces++;
      }

      // Then
      assertThat(pieces).isLessThan(1024);
    }
  }
}
