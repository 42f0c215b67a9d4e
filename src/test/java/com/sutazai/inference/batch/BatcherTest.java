package com.sutazai.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.testing.Servers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatcherTest {
  private static final UUID ALICE = UUID.randomUUID();
  private static final UUID BOB = UUID.randomUUID();
  private static final ModelFailure BROKEN =
      new ModelFailure(ModelFailure.Kind.SERVER_ERROR, "broken");
  private static final Executor ON_A_THREAD = task -> Thread.ofVirtual().start(task);

  /** Its breaker's pause never ends. */
  private final Backend small = Servers.timedBy(() -> 0, "small", 2);

  private final Backend large = Servers.withSlots("large", 8);
  private int processes = 1;

  private record Settings(int maxWaiting, long maxWaitingTokens) implements BatchConfig {
    @Override
    public Duration maxWait() {
      return Duration.ofSeconds(60);
    }

    @Override
    public int quantum() {
      return 256;
    }

    @Override
    public Map<String, Integer> weights() {
      return Map.of("alice", 3);
    }
  }

  private Batcher batcher(Backend... servers) {
    return batcher(new Settings(100, 100_000), servers);
  }

  private Batcher batcher(Settings settings, Backend... servers) {
    List<Lane> lanes = List.of(servers).stream().map(each -> new Lane(each, 16, 100)).toList();
    return new Batcher(
        settings, lanes, () -> processes, new BatchMetrics(new SimpleMeterRegistry()));
  }

  private static Work work(UUID caller, boolean bulk, Backend... servers) {
    return new Work(caller, 1, bulk, 100, List.of(servers), caller.hashCode(), patience());
  }

  private static Duration patience() {
    return Duration.ofSeconds(60);
  }

  private static CompletableFuture<Slot> wanting(Batcher batcher, Work work) {
    return CompletableFuture.supplyAsync(() -> taken(batcher, work), ON_A_THREAD);
  }

  private static CompletableFuture<Slot> waiting(Batcher batcher, Work work) {
    int before = batcher.waiting();
    CompletableFuture<Slot> slot = wanting(batcher, work);
    await().atMost(Duration.ofSeconds(60)).until(() -> batcher.waiting() == before + 1);
    return slot;
  }

  private static Slot taken(Batcher batcher, Work work) {
    try {
      return batcher.take(work);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Slot get(CompletableFuture<Slot> slot) throws Exception {
    return slot.get(60, TimeUnit.SECONDS);
  }

  @Test
  void a_request_waits_only_when_every_slot_is_taken() throws Exception {
    // Given
    Batcher batcher = batcher(small);
    Slot first = batcher.take(work(ALICE, false, small));
    Slot second = batcher.take(work(ALICE, false, small));

    // When
    CompletableFuture<Slot> third = waiting(batcher, work(ALICE, false, small));
    first.succeeded();

    // Then
    assertThat(get(third).server()).isEqualTo(small);
    assertThat(batcher.waiting()).isZero();
    second.succeeded();
  }

  @Test
  void an_outcome_that_is_told_twice_frees_one_slot() throws Exception {
    // Given
    Batcher batcher = batcher(small);
    Slot first = batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    CompletableFuture<Slot> third = waiting(batcher, work(ALICE, false, small));
    CompletableFuture<Slot> fourth = waiting(batcher, work(ALICE, false, small));

    // When
    first.succeeded();
    first.abandoned();
    get(third);

    // Then
    assertThat(batcher.waiting()).isEqualTo(1);
    assertThat(fourth).isNotDone();
  }

  @Test
  void bulk_work_leaves_a_slot_free() throws Exception {
    // Given
    Batcher batcher = batcher(small);
    batcher.take(work(BOB, true, small));
    CompletableFuture<Slot> second = waiting(batcher, work(BOB, true, small));

    // When
    Slot interactive = batcher.take(work(ALICE, false, small));

    // Then
    assertThat(interactive.server()).isEqualTo(small);
    assertThat(second).isNotDone();
  }

  @Test
  void bulk_work_is_served_after_what_somebody_waits_for() throws Exception {
    // Given
    Backend one = Servers.withSlots("one", 1);
    Batcher batcher = batcher(one);
    Slot first = batcher.take(work(BOB, true, one));
    CompletableFuture<Slot> bulk = waiting(batcher, work(BOB, true, one));
    CompletableFuture<Slot> interactive = waiting(batcher, work(ALICE, false, one));

    // When
    first.succeeded();

    // Then
    get(interactive).succeeded();
    get(bulk).succeeded();
  }

  @ParameterizedTest
  @CsvSource({"1, 12", "3, 6"})
  void a_hundred_of_one_caller_keep_another_waiting_for_its_turn_alone(int weight, int mostBefore)
      throws Exception {
    // Given
    Backend one = Servers.withSlots("one", 1);
    Batcher batcher = batcher(new Settings(200, 1_000_000), one);
    Slot held = batcher.take(work(ALICE, false, one));
    List<UUID> order = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 100; i++) {
      served(batcher, work(ALICE, false, one), order);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> batcher.waiting() == 100);
    Work bobs = new Work(BOB, weight, false, 100, List.of(one), BOB.hashCode(), patience());
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      ends.add(served(batcher, bobs, order));
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> batcher.waiting() == 109);

    // When
    held.succeeded();
    CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

    // Then
    assertThat(List.copyOf(order).subList(0, order.lastIndexOf(BOB)))
        .filteredOn(ALICE::equals)
        .hasSizeLessThanOrEqualTo(mostBefore);
  }

  private static CompletableFuture<Void> served(Batcher batcher, Work work, List<UUID> order) {
    return wanting(batcher, work)
        .thenAccept(
            slot -> {
              order.add(work.caller());
              slot.succeeded();
            });
  }

  @Test
  void requests_go_where_most_room_is() throws Exception {
    // Given
    Batcher batcher = batcher(small, large);

    // When
    List<Backend> went = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      went.add(batcher.take(work(UUID.randomUUID(), false, small, large)).server());
    }

    // Then
    assertThat(went).filteredOn(small::equals).hasSize(2);
  }

  @Test
  void servers_that_are_as_empty_take_turns() throws Exception {
    // Given
    Backend twin = Servers.withSlots("twin", 2);
    Batcher batcher = batcher(small, twin);

    // When
    List<Backend> went = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Slot slot = batcher.take(work(UUID.randomUUID(), false, small, twin));
      went.add(slot.server());
      slot.succeeded();
    }

    // Then
    assertThat(went).filteredOn(small::equals).hasSize(5);
  }

  @Test
  void a_conversation_stays_with_its_server_while_there_is_room() throws Exception {
    // Given
    Batcher batcher = batcher(small, large);
    Slot first = batcher.take(work(ALICE, false, small));
    first.succeeded();

    // When
    Slot second = batcher.take(work(ALICE, false, small, large));
    Slot third = batcher.take(work(ALICE, false, small, large));
    Slot fourth = batcher.take(work(ALICE, false, small, large));

    // Then
    assertThat(List.of(second.server(), third.server())).containsOnly(small);
    assertThat(fourth.server()).isEqualTo(large);
  }

  @Test
  void a_server_of_a_higher_tier_is_asked_only_when_none_of_a_lower_one_can_answer()
      throws Exception {
    // Given
    Backend spare = Servers.spare("spare", 4);
    Batcher batcher = batcher(small, spare);
    batcher.take(work(ALICE, false, small, spare));
    Slot second = batcher.take(work(ALICE, false, small, spare));
    CompletableFuture<Slot> third = waiting(batcher, work(ALICE, false, small, spare));

    // When
    for (int i = 0; i < 5; i++) {
      small.breaker().tryAcquire().orElseThrow().failed();
    }
    second.abandoned();

    // Then
    assertThat(get(third).server()).isEqualTo(spare);
  }

  @Test
  void nothing_waits_for_servers_that_are_left_alone() throws Exception {
    // Given
    Batcher batcher = batcher(small);
    Slot first = batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    CompletableFuture<Slot> third = waiting(batcher, work(ALICE, false, small));

    // When
    for (int i = 0; i < 4; i++) {
      small.breaker().tryAcquire().orElseThrow().failed();
    }
    first.failed(BROKEN);

    // Then
    assertThatThrownBy(third::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_UNAVAILABLE);
              assertThat(problem.retryAfter()).isPositive();
            });
    assertThatThrownBy(() -> batcher.take(work(ALICE, false, small)))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void too_many_and_too_much_are_refused() throws Exception {
    // Given
    Batcher batcher = batcher(new Settings(2, 400), small);
    batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    waiting(batcher, work(ALICE, false, small));

    // When, then
    waiting(batcher, work(ALICE, false, small));
    assertThatThrownBy(() -> batcher.take(work(ALICE, false, small)))
        .hasMessageContaining("sutazai.inference.max-waiting)");
    Batcher narrow = batcher(new Settings(10, 150), small);
    narrow.take(work(ALICE, false, small));
    narrow.take(work(ALICE, false, small));
    waiting(narrow, work(ALICE, false, small));
    assertThatThrownBy(() -> narrow.take(work(ALICE, false, small)))
        .hasMessageContaining("sutazai.inference.max-waiting-tokens");
  }

  @Test
  void one_caller_leaves_room_for_the_tokens_of_another() throws Exception {
    // Given
    Batcher batcher = batcher(new Settings(100, 1_000), small);
    batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    for (int i = 0; i < 5; i++) {
      waiting(batcher, work(ALICE, false, small));
    }

    // When, then
    assertThatThrownBy(() -> batcher.take(work(ALICE, false, small)))
        .hasMessageContaining("500 tokens wait for the model already, 500 of them yours");
    for (int i = 0; i < 3; i++) {
      waiting(batcher, work(BOB, false, small));
    }
    assertThatThrownBy(() -> batcher.take(work(BOB, false, small)))
        .hasMessageContaining("800 tokens wait for the model already, 300 of them yours");
    waiting(batcher, work(UUID.randomUUID(), false, small));
  }

  @Test
  void work_for_which_nobody_waits_takes_no_room_from_others() throws Exception {
    // Given
    Batcher batcher = batcher(new Settings(1, 100), small);
    batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    waiting(batcher, work(ALICE, true, small));

    // When, then
    waiting(batcher, work(ALICE, false, small));
    assertThatThrownBy(() -> batcher.take(work(BOB, true, small)))
        .hasMessageContaining("sutazai.inference.max-waiting)");
  }

  @Test
  void who_would_wait_too_long_is_told_at_once_and_how_long_it_would_be() throws Exception {
    // Given: half a minute for each answer, and four wait for two slots
    Batcher batcher = batcher(small);
    batcher.served(Duration.ofSeconds(30).toNanos());
    batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    for (int i = 0; i < 4; i++) {
      waiting(batcher, work(ALICE, false, small));
    }

    // When, then
    assertThatThrownBy(() -> batcher.take(work(ALICE, false, small)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ErrorCode.MODEL_BUSY);
              assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(75));
            });
    waiting(batcher, work(BOB, false, small));
  }

  @Test
  void who_waited_in_vain_is_told_how_long_it_would_be_behind_all_who_still_wait()
      throws Exception {
    // Given: four wait for two slots
    Batcher batcher = batcher(small);
    batcher.served(Duration.ofMillis(100).toNanos());
    batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    for (int i = 0; i < 4; i++) {
      waiting(batcher, work(ALICE, false, small));
    }
    Work impatient = new Work(ALICE, 1, false, 100, List.of(small), 0, Duration.ofMillis(300));

    // When, then
    assertThatThrownBy(() -> batcher.take(impatient))
        .hasMessageContaining("No place at the model became free")
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.retryAfter()).isEqualTo(Duration.ofMillis(250)));
    assertThat(batcher.waiting()).isEqualTo(4);
  }

  @Test
  void who_waits_goes_to_a_server_whose_pause_has_ended() throws Exception {
    // Given: one is busy, the other left alone
    AtomicLong clock = new AtomicLong();
    Backend busy = Servers.withSlots("busy", 1);
    Backend down = Servers.timedBy(clock::get, "down", 1);
    Batcher batcher = batcher(busy, down);
    for (int i = 0; i < Servers.AS_DESIGNED.failures(); i++) {
      batcher.take(work(ALICE, false, down)).failed(BROKEN);
    }
    batcher.take(work(ALICE, false, busy));
    CompletableFuture<Slot> slot = waiting(batcher, work(BOB, false, busy, down));

    // When
    clock.addAndGet(Servers.AS_DESIGNED.pause().toNanos());

    // Then
    assertThat(get(slot).server()).isEqualTo(down);
    assertThat(batcher.waiting()).isZero();
  }

  @Test
  void who_is_interrupted_while_waiting_leaves_the_queue() throws Exception {
    // Given
    Batcher batcher = batcher(small);
    Slot first = batcher.take(work(ALICE, false, small));
    batcher.take(work(ALICE, false, small));
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    batcher.take(work(ALICE, false, small));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await().atMost(Duration.ofSeconds(60)).until(() -> batcher.waiting() == 1);

    // When
    waiting.interrupt();
    waiting.join();

    // Then
    assertThat(batcher.waiting()).isZero();
    first.succeeded();
    batcher.take(work(BOB, false, small)).succeeded();
  }

  @Test
  void processes_before_one_server_divide_its_slots() throws Exception {
    // Given
    processes = 4;
    Batcher batcher = batcher(large);

    // When
    batcher.take(work(ALICE, false, large));
    batcher.take(work(ALICE, false, large));
    CompletableFuture<Slot> third = wanting(batcher, work(ALICE, false, large));

    // Then
    await().atMost(Duration.ofSeconds(60)).until(() -> batcher.waiting() == 1);
    assertThat(third).isNotDone();
  }

  /** Never more at a server than it has slots, and in the end nothing waits and nothing is held. */
  @Test
  void many_callers_at_once_keep_to_the_slots() throws Exception {
    // Given
    Batcher batcher = batcher(new Settings(100_000, Long.MAX_VALUE), small, large);
    Map<Backend, AtomicInteger> atWork =
        Map.of(small, new AtomicInteger(), large, new AtomicInteger());
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();

    // When
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Random random = new Random(i);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int each = 0; each < 50; each++) {
                      boolean bulk = random.nextBoolean();
                      Backend[] servers =
                          random.nextBoolean()
                              ? new Backend[] {small, large}
                              : new Backend[] {random.nextBoolean() ? small : large};
                      Slot slot = taken(batcher, work(UUID.randomUUID(), bulk, servers));
                      AtomicInteger now = Objects.requireNonNull(atWork.get(slot.server()));
                      int over = now.incrementAndGet() - slot.server().slots().orElseThrow();
                      most.accumulateAndGet(over, Math::max);
                      Thread.yield();
                      now.decrementAndGet();
                      if (random.nextInt(10) == 0) {
                        slot.abandoned();
                      } else {
                        slot.succeeded();
                      }
                      done.incrementAndGet();
                    }
                  }));
    }
    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
    }

    // Then
    assertThat(done).hasValue(200 * 50);
    assertThat(most.get()).isLessThanOrEqualTo(0);
    assertThat(batcher.waiting()).isZero();
  }

  @Test
  void a_second_try_gets_a_slot_of_another_server_but_not_its_last_free_one() throws Exception {
    // Given
    Batcher batcher = batcher(small, large);
    Work work = work(ALICE, false, small, large);
    batcher.take(work(ALICE, false, large));

    // When
    Slot second = batcher.takeBeside(work, large).orElseThrow();

    // Then
    assertThat(second.server()).isEqualTo(small);
    assertThat(batcher.takeBeside(work, large)).isEmpty();
    second.abandoned();
    assertThat(batcher.takeBeside(work, large)).isPresent();
  }

  @Test
  void a_second_try_is_not_for_a_server_of_another_tier_nor_for_one_that_failed() throws Exception {
    // Given
    Backend twin = Servers.timedBy(() -> 0, "twin", 2);
    Backend spare = Servers.spare("spare", 4);
    Batcher batcher = batcher(small, twin, spare);
    Work work = work(ALICE, false, small, twin, spare);

    // When
    for (int i = 0; i < Servers.AS_DESIGNED.failures(); i++) {
      twin.breaker().tryAcquire().orElseThrow().failed();
    }

    // Then
    assertThat(batcher.takeBeside(work, small)).isEmpty();
    assertThat(batcher.takeBeside(work, twin)).isPresent();
  }

  @Test
  void a_conversation_moves_to_a_second_server_only_when_that_one_answered() throws Exception {
    // Given
    Backend twin = Servers.withSlots("twin", 2);
    Batcher batcher = batcher(small, twin);
    Work work = work(ALICE, false, small, twin);
    Slot first = batcher.take(work);
    Slot second = batcher.takeBeside(work, first.server()).orElseThrow();
    first.abandoned();

    // When, then
    Slot next = batcher.take(work);
    assertThat(next.server()).isEqualTo(first.server());
    next.abandoned();
    batcher.moved(work, second.server());
    assertThat(batcher.take(work).server()).isEqualTo(second.server());
  }

  @Test
  void nobody_waits_for_a_probe_that_becomes_due_while_he_comes() throws Exception {
    // Given: the clock moves on with each look at it
    AtomicLong clock = new AtomicLong();
    AtomicLong step = new AtomicLong();
    Backend down = Servers.timedBy(() -> clock.getAndAdd(step.get()), "down", 2);
    Batcher batcher = batcher(down);
    for (int i = 0; i < Servers.AS_DESIGNED.failures(); i++) {
      batcher.take(work(ALICE, false, down)).failed(BROKEN);
    }
    clock.set(Servers.AS_DESIGNED.pause().toNanos() - 1);
    step.set(1);

    // When
    CompletableFuture<Slot> slot = wanting(batcher, work(ALICE, false, down));

    // Then
    assertThat(slot)
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableThat()
        .havingRootCause()
        .withMessageContaining("probed again");
  }

  @Test
  void reserved_slots_are_not_given_to_requests() throws Exception {
    // Given
    Batcher batcher = batcher(small);
    Slot first = batcher.take(work(ALICE, false, small));

    // When
    boolean reserved = batcher.tryReserve(1);

    // Then
    assertThat(reserved).isTrue();
    assertThat(batcher.tryReserve(1)).isFalse();
    CompletableFuture<Slot> second = waiting(batcher, work(BOB, false, small));
    first.succeeded();
    second.get(60, TimeUnit.SECONDS);
    CompletableFuture<Slot> third = waiting(batcher, work(ALICE, false, small));
    batcher.unreserve(1);
    assertThat(third).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void who_wants_to_reserve_gets_the_next_free_slot() throws Exception {
    // Given
    Batcher batcher = batcher(small);
    Slot first = batcher.take(work(ALICE, false, small));
    Slot second = batcher.take(work(ALICE, false, small));
    CompletableFuture<Slot> third = waiting(batcher, work(BOB, false, small));
    AtomicInteger told = new AtomicInteger();
    batcher.whenFreed(told::incrementAndGet);

    // When
    batcher.want(1);
    first.succeeded();

    // Then
    assertThat(told).hasValue(1);
    assertThat(third).isNotDone();
    assertThat(batcher.tryReserve(1)).isTrue();
    batcher.want(0);
    second.succeeded();
    assertThat(third).succeedsWithin(Duration.ofSeconds(60));
  }
}
