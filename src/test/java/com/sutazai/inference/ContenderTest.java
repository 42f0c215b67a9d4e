package com.sutazai.inference;

import static com.sutazai.testing.FakeModelServer.hangAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.backend.ServerClient;
import com.sutazai.inference.backend.ServerClient.Ask;
import com.sutazai.inference.backend.ServerClients;
import com.sutazai.inference.backend.Usage;
import com.sutazai.inference.backend.Wire;
import com.sutazai.inference.batch.Batchers;
import com.sutazai.platform.breaker.CircuitBreaker;
import com.sutazai.platform.caller.Caller;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Servers;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whenever a try is given up: its connection is closed, its slot is free, and nobody hears of it.
 */
class ContenderTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final FakeModelServer fake = FakeModelServer.start();
  private final ServerClient client = ServerClients.on(vertx);
  private final Backend server = Servers.at(fake.url());
  private final Batchers slots = new Batchers(server);
  private final AtomicInteger told = new AtomicInteger();
  private final ModelRequest request =
      new ModelRequest(
          Caller.LOCAL,
          Operation.GENERATE,
          JsonNodeFactory.instance.objectNode().put("prompt", "hi"),
          "tinyllama:latest",
          Urgency.INTERACTIVE,
          Reuse.NONE,
          Billing.AT_ITS_END,
          null);

  private final class Told implements Call.Observer {
    @Override
    public void firstToken(String model, long nanos) {
      told.incrementAndGet();
    }

    @Override
    public void answered(ModelRequest of, String model, @Nullable Usage usage, Timings timings) {
      told.incrementAndGet();
    }

    @Override
    public void failed(ModelRequest of, String model, @Nullable Usage usage, Timings timings) {
      told.incrementAndGet();
    }
  }

  @AfterEach
  void nothingIsLeft() {
    await().atMost(BOUND).until(() -> slots.used() == 0);
    assertThat(server.breaker().state()).isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(told).hasValue(0);
    vertx.close().toCompletionStage().toCompletableFuture().join();
    fake.close();
  }

  private LiveGeneration open() throws ModelFailure, InterruptedException {
    Call call = new Call(request, new Told());
    call.asks("tinyllama:latest");
    Wire wire = client.wire(server, request.operation(), request.body(), "tinyllama:latest");
    return new LiveGeneration(
            call,
            "tinyllama:latest",
            client.stream(Ask.post(server, wire.path(), wire.body())),
            wire.reader(),
            BOUND)
        .begin();
  }

  /** As if the interruption came when the answer was there already. */
  private static void waitWhateverComes(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    assertThat(interrupted).isTrue();
  }

  @Test
  void while_it_waits_for_the_first_token() throws Exception {
    // Given
    fake.next(FakeModelServer.hang());
    Contender contender = Contender.start(slots.take(), this::open);
    await().atMost(BOUND).until(() -> fake.requests().size() == 1);

    // When
    contender.giveUp();

    // Then
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }

  @Test
  void just_before_its_answer_is_there() throws Exception {
    // Given
    fake.next(hangAfter("Hel"));
    CountDownLatch given = new CountDownLatch(1);
    Contender contender =
        Contender.start(
            slots.take(),
            () -> {
              waitWhateverComes(given);
              return open();
            });

    // When
    contender.giveUp();
    given.countDown();

    // Then
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }

  @Test
  void when_its_answer_is_there() throws Exception {
    // Given
    fake.next(hangAfter("Hel"));
    Contender contender = Contender.start(slots.take(), this::open);
    await().atMost(BOUND).until(contender::succeeded);

    // When
    contender.giveUp();

    // Then
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }

  @Test
  void when_it_has_failed() throws Exception {
    for (int i = 0; i < Servers.AS_DESIGNED.failures(); i++) {
      fake.next(FakeModelServer.cut());
      Contender contender = Contender.start(slots.take(), this::open);
      await().atMost(BOUND).until(() -> contender.begun().isDone());

      contender.giveUp();

      assertThatThrownBy(contender::answer).isInstanceOf(ModelFailure.class);
    }
  }

  @Test
  void just_before_it_fails() throws Exception {
    for (int i = 0; i < Servers.AS_DESIGNED.failures(); i++) {
      CountDownLatch given = new CountDownLatch(1);
      Contender contender =
          Contender.start(
              slots.take(),
              () -> {
                waitWhateverComes(given);
                throw new ModelFailure(ModelFailure.Kind.CUT, "cut");
              });

      contender.giveUp();
      given.countDown();
    }
  }
}
