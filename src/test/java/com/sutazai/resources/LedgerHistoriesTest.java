package com.sutazai.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads lease, wait, preempt, release and are interrupted; their own sums are the judge. */
class LedgerHistoriesTest {
  private static final int THREADS = 32;
  private static final int STEPS = 400;
  private static final long CAPACITY = 10_000;

  private final Ledgers ledgers = new Ledgers("max-waiting", "8");
  private final Ledger ledger = ledgers.ledger;

  /** What is held for certain: added after it was granted, taken away before it is released. */
  private final AtomicLong held = new AtomicLong();

  private final AtomicLong mostHeld = new AtomicLong();
  private final AtomicInteger granted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void nothing_is_leased_twice_and_nothing_is_left(long seed) throws Exception {
    // Given
    Allowance tasks = ledger.allowance("agent", Needs.of(ResourceType.CPU, 1.5));
    var start = new CyclicBarrier(THREADS);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

    // When
    for (int i = 0; i < THREADS; i++) {
      var random = new Random(seed * THREADS + (long) i);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                      live(random, tasks);
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    // Then
    assertThat(failures).as("seed " + seed).isEmpty();
    assertThat(granted).hasPositiveValue();
    assertThat(refused).hasPositiveValue();
    assertThat(mostHeld.get()).isGreaterThan(CAPACITY / 2).isLessThanOrEqualTo(CAPACITY);
    assertThat(ledgers.waiting()).isZero();
    assertThat(ledgers.inUse()).isZero();
    assertThat(ledger.limits(ResourceType.CPU).total()).isEqualTo(CAPACITY);
  }

  /** Each lease is kept until its thread has asked for the next one. */
  private void live(Random random, Allowance tasks) throws InterruptedException {
    UUID owner = new UUID(0, random.nextInt(5));
    @Nullable Lease kept = null;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(4) == 0) {
        if (tasks.tryTake()) {
          hold(1500);
          letGo(1500);
          tasks.giveBack();
        }
        continue;
      }
      Lease next = lease(random, owner);
      release(kept);
      kept = next;
    }
    release(kept);
  }

  private @Nullable Lease lease(Random random, UUID owner) {
    long thousandths = 1L + random.nextInt(4000);
    Duration patience = Duration.ofMillis(random.nextInt(3));
    if (random.nextInt(10) == 0) {
      Thread.currentThread().interrupt();
    }
    try {
      Lease lease =
          ledger.lease(
              Ledgers.ask(owner, thousandths / 1000.0, random.nextInt(11), false, patience));
      granted.incrementAndGet();
      hold(thousandths);
      return lease;
    } catch (ProblemException | InterruptedException none) {
      refused.incrementAndGet();
      return null;
    } finally {
      Thread.interrupted();
    }
  }

  private void release(@Nullable Lease lease) {
    if (lease != null) {
      letGo(lease.units());
      assertThat(ledger.release(lease.holder().owner(), lease.id())).isTrue();
    }
  }

  private void hold(long thousandths) {
    mostHeld.accumulateAndGet(held.addAndGet(thousandths), Math::max);
  }

  private void letGo(long thousandths) {
    held.addAndGet(-thousandths);
  }
}
