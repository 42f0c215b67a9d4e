package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkerTurnsTest {
  private static final UUID WORKER = UUID.randomUUID();
  private static final Duration LONG = Duration.ofMinutes(1);

  private final WorkerTurns turns = new WorkerTurns();

  @Test
  void claims_of_one_worker_go_one_after_the_other() throws Exception {
    // Given
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    List<Callable<Optional<Integer>>> claims = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      claims.add(
          () ->
              turns.take(
                  WORKER,
                  LONG,
                  () -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.yield();
                    return Optional.of(inside.getAndDecrement());
                  }));
    }

    // When
    List<Future<Optional<Integer>>> claimed;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      claimed = threads.invokeAll(claims);
    }

    // Then
    assertThat(claimed).allMatch(each -> each.resultNow().isPresent());
    assertThat(most).hasValue(1);
    assertThat(turns.size()).isZero();
  }

  @Test
  void another_worker_waits_for_nobody_and_the_same_one_no_longer_than_it_is_to() throws Exception {
    // Given
    var began = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    Thread held =
        Thread.ofVirtual()
            .start(
                () ->
                    turns.take(
                        WORKER,
                        LONG,
                        () -> {
                          began.countDown();
                          return awaited(end);
                        }));
    assertThat(began.await(1, TimeUnit.MINUTES)).isTrue();

    // When
    Optional<String> other = turns.take(UUID.randomUUID(), LONG, () -> Optional.of("a job"));
    Optional<String> same = turns.take(WORKER, Duration.ZERO, () -> Optional.of("a job"));

    // Then
    assertThat(other).hasValue("a job");
    assertThat(same).isEmpty();
    end.countDown();
    held.join();
    assertThat(turns.size()).isZero();
  }

  private static Optional<String> awaited(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }
}
