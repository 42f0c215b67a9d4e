package com.sutazai.tasks.callback;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.net.AddressGuard;
import com.sutazai.testing.Receiver;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A receiver that answers at once: its answer may be there before anybody has asked for it. */
class CallbackClientTest {
  private static final int CALLS = 4000;

  private final Vertx vertx = Vertx.vertx();
  private final Receiver receiver = Receiver.start();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    receiver.close();
  }

  @Test
  void an_answer_that_comes_at_once_is_not_missed() throws Exception {
    // Given
    receiver.answer(204);
    var config =
        new CallbacksTest.Config(
            true, Optional.empty(), 8, Duration.ofSeconds(10), Duration.ofSeconds(30), 10);
    var client = new CallbackClient(vertx, AddressGuard.standalone(), config);

    // When
    List<Reply> replies;
    try (var threads = Executors.newFixedThreadPool(8, Thread.ofVirtual().factory())) {
      var calls =
          IntStream.range(0, CALLS)
              .mapToObj(
                  i -> threads.submit(() -> client.post(receiver.url("/"), Map.of(), new byte[2])))
              .toList();
      replies = new ArrayList<>();
      for (var call : calls) {
        replies.add(call.get());
      }
    }

    // Then
    assertThat(replies).hasSize(CALLS).containsOnly(new Reply.Answered(204));
  }
}
