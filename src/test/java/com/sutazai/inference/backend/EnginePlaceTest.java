package com.sutazai.inference.backend;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class EnginePlaceTest {
  private static final URI HERE = URI.create("http://127.0.0.1:1");
  private static final URI THERE = URI.create("http://127.0.0.1:2");
  private static final Executor ASIDE = task -> Thread.ofVirtual().start(task);

  private final EnginePlace place = new EnginePlace();

  private CompletableFuture<URI> waiting() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return place.await();
          } catch (ModelFailure | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        ASIDE);
  }

  @Test
  void who_asks_while_it_is_started_waits_for_that() throws Exception {
    // Given
    CompletableFuture<URI> waiting = waiting();

    // When
    place.listens(HERE);

    // Then
    assertThat(waiting.get(60, SECONDS)).isEqualTo(HERE);
  }

  @Test
  void a_start_gives_another_place() throws Exception {
    // Given
    place.listens(HERE);
    place.starts();

    // When
    CompletableFuture<URI> waiting = waiting();
    place.listens(THERE);

    // Then
    assertThat(waiting.get(60, SECONDS)).isEqualTo(THERE);
    assertThat(place.await()).isEqualTo(THERE);
  }

  @Test
  void one_that_cannot_run_says_why_at_once() {
    // When
    place.absent("There is no library.");

    // Then
    assertThatThrownBy(place::await)
        .isInstanceOf(ModelFailure.class)
        .hasMessage("There is no library.");
  }
}
