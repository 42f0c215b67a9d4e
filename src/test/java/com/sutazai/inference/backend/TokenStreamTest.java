package com.sutazai.inference.backend;

import static com.sutazai.testing.FakeModelServer.cut;
import static com.sutazai.testing.FakeModelServer.hangAfter;
import static com.sutazai.testing.FakeModelServer.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.backend.ServerClient.Ask;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Servers;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenStreamTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final FakeModelServer fake = FakeModelServer.start();
  private final Backend server = Servers.at(fake.url());
  private final ServerClient client = ServerClients.on(vertx);

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    fake.close();
  }

  private TokenStream open() throws Exception {
    var body =
        JsonNodeFactory.instance.objectNode().put("model", "tinyllama:latest").put("prompt", "hi");
    return client.stream(Ask.post(server, "/api/generate", body));
  }

  @Test
  void leaving_after_all_has_come_leaves_the_connection_to_others() throws Exception {
    // Given
    String[] words = new String[200]; // more than are read ahead
    Arrays.fill(words, "word ");
    Semaphore said = new Semaphore(0);
    fake.otherwise(
        exchange -> {
          say(words).play(exchange);
          said.release();
        });

    // When
    for (int i = 0; i < 20; i++) {
      try (TokenStream lines = open()) {
        lines.next(BOUND);
        assertThat(said.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
        Thread.sleep(50); // for the rest to come, which it may do later now and then
      }
    }

    // Then
    assertThat(fake.connections()).isLessThan(10);
  }

  @Test
  void an_answer_that_goes_on_after_it_said_that_it_is_done_is_ended() throws Exception {
    // Given
    fake.next(hangAfter("Hel"));

    // When
    try (TokenStream lines = open()) {
      lines.next(BOUND);
      lines.finish();
    }

    // Then
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }

  @Test
  void a_call_is_under_way_until_the_server_has_said_all_or_nobody_waits_for_more()
      throws Exception {
    // Given
    fake.next(hangAfter("Hel"), cut());

    // When, then
    try (TokenStream lines = open()) {
      lines.next(BOUND);
      assertThat(server.calls()).isEqualTo(1);
    }
    assertThat(server.calls()).isZero();
    assertThatThrownBy(this::open).isInstanceOf(ModelFailure.class);
    assertThat(server.calls()).isZero();
    try (TokenStream lines = open()) {
      assertThat(lines).isNotNull();
      await().atMost(BOUND).until(() -> server.calls() == 0);
    }
    assertThat(server.calls()).isZero();
  }

  @Test
  void leaving_before_that_ends_the_connection() throws Exception {
    // Given
    fake.next(hangAfter("Hel"));

    // When
    try (TokenStream lines = open()) {
      lines.next(BOUND);
    }

    // Then
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }
}
