package com.sutazai.resources;

import static com.sutazai.resources.Ledgers.ask;
import static com.sutazai.resources.Ledgers.processors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final UUID ALICE = UUID.randomUUID();
  private static final UUID BOB = UUID.randomUUID();
  private static final UUID CAROL = UUID.randomUUID();
  private static final Duration LONG = Duration.ofMinutes(2);

  private final Ledgers ledgers = new Ledgers("max-waiting", "2");
  private final Ledger ledger = ledgers.ledger;

  private Lease now(UUID owner, double amount) throws InterruptedException {
    return ledger.lease(processors(owner, amount, Duration.ZERO));
  }

  private CompletableFuture<Lease> waiting(Ask ask) {
    int before = ledgers.waiting();
    CompletableFuture<Lease> lease = leasing(ask);
    await().atMost(LONG).until(() -> ledgers.waiting() == before + 1);
    return lease;
  }

  private CompletableFuture<Lease> leasing(Ask ask) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return ledger.lease(ask);
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private static Lease got(CompletableFuture<Lease> lease) throws Exception {
    return lease.get(60, TimeUnit.SECONDS);
  }

  private static void assertRefused(
      ThrowingLease lease, ErrorCode code, String... partsOfTheDetail) {
    assertThatThrownBy(lease::lease)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(code);
              assertThat(List.of(partsOfTheDetail)).allMatch(problem.detail()::contains);
            });
  }

  private interface ThrowingLease {
    Object lease() throws InterruptedException;
  }

  @Test
  void what_is_leased_is_not_leased_again() throws Exception {
    // Given
    now(ALICE, 7);

    // Then
    assertRefused(
        () -> now(BOB, 4), ErrorCode.RESOURCE_BUSY, "3.0 processors of 10.0 processors", "Release");
    assertThat(now(BOB, 3).units()).isEqualTo(3000);
  }

  @Test
  void what_is_given_back_is_told_at_once() throws Exception {
    // Given
    var told = new AtomicInteger();
    ledger.whenFreed(told::incrementAndGet);
    Lease lease = now(ALICE, 7);
    Map<ResourceType, Long> taken =
        ledger.take("agent", Needs.of(ResourceType.CPU, 1)).orElseThrow();
    assertThat(told).hasValue(0);

    // When
    ledger.giveBack("agent", taken);
    ledger.release(ALICE, lease.id());
    ledger.release(ALICE, lease.id());

    // Then
    assertThat(told).hasValue(2);
  }

  @Test
  void nobody_takes_all_leases_by_many_small_ones() throws Exception {
    // Given
    for (int i = 0; i < 250; i++) {
      now(ALICE, 0.001);
    }

    // Then
    assertRefused(() -> now(ALICE, 0.001), ErrorCode.RESOURCE_BUSY, "max-leases");
    assertThat(now(BOB, 0.001).units()).isEqualTo(1);
  }

  @Test
  void more_than_there_can_be_is_refused_for_good() {
    // Given
    ledgers.policies.put(ResourceType.CPU, new Policy(80, 30));

    // Then
    assertRefused(() -> now(ALICE, 3.1), ErrorCode.RESOURCE_LIMIT, "max_holder_percent 30");
  }

  @Test
  void what_is_not_known_of_is_not_leased() {
    assertRefused(
        () ->
            ledger.lease(
                new Ask(
                    UUID.randomUUID(),
                    ResourceType.GPU,
                    1,
                    processors(ALICE, 1, LONG).holder(),
                    5,
                    false,
                    LONG,
                    LONG)),
        ErrorCode.RESOURCE_LIMIT,
        "sutazai.resources.gpus");
  }

  @Test
  void an_owner_gets_no_more_by_more_leases() throws Exception {
    // Given
    ledgers.policies.put(ResourceType.CPU, new Policy(80, 30));
    now(ALICE, 2);

    // Then
    assertRefused(() -> now(ALICE, 2), ErrorCode.RESOURCE_BUSY, "more than its 3.0 processors");
    assertThat(now(BOB, 2)).isNotNull();
  }

  @Test
  void what_is_not_there_as_measured_is_not_leased() {
    // Given
    ledgers.stock.put(
        ResourceType.CPU, new Stock.Capacity(OptionalLong.of(10_000), OptionalLong.of(2500)));

    // Then
    assertRefused(() -> now(ALICE, 3), ErrorCode.RESOURCE_BUSY, "2.5 processors are free");
  }

  @Test
  void a_released_lease_goes_to_who_waits() throws Exception {
    // Given
    Lease held = now(ALICE, 10);
    CompletableFuture<Lease> waiting = waiting(processors(BOB, 4, LONG));

    // When
    boolean released = ledger.release(ALICE, held.id());

    // Then
    assertThat(released).isTrue();
    assertThat(got(waiting).units()).isEqualTo(4000);
    assertThat(ledger.release(ALICE, held.id())).isFalse();
  }

  @Test
  void a_lease_whose_time_is_over_returns() throws Exception {
    // Given
    now(ALICE, 10);
    CompletableFuture<Lease> waiting = waiting(processors(BOB, 10, LONG));

    // When
    ledgers.advance(Duration.ofMinutes(1));

    // Then
    assertThat(got(waiting).holder().owner()).isEqualTo(BOB);
    assertThat(ledger.leases(ALICE)).isEmpty();
  }

  @Test
  void a_lease_whose_time_is_over_returns_though_nobody_looks() throws Exception {
    // Given
    var told = new AtomicInteger();
    ledger.whenFreed(told::incrementAndGet);
    ledger.start(new StartupEvent());
    now(ALICE, 7);

    // When
    ledgers.advance(Duration.ofMinutes(1));

    // Then
    await().atMost(Duration.ofMinutes(1)).untilAtomic(told, is(1));
    ledger.stop(new ShutdownEvent());
  }

  @Test
  void who_waits_too_long_is_refused_and_leaves_nothing_behind() throws Exception {
    // Given
    now(ALICE, 10);

    // Then
    assertRefused(
        () -> ledger.lease(processors(BOB, 1, Duration.ofMillis(20))), ErrorCode.RESOURCE_BUSY);
    assertThat(ledgers.waiting()).isZero();
    assertThat(ledgers.inUse()).isEqualTo(10_000);
  }

  @Test
  void who_is_interrupted_leaves_the_line() throws Exception {
    // Given
    now(ALICE, 10);
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(() -> ledger.lease(processors(BOB, 1, LONG)))
                        .isInstanceOf(InterruptedException.class));
    await().atMost(LONG).until(() -> ledgers.waiting() == 1);

    // When
    waiting.interrupt();

    // Then
    waiting.join();
    assertThat(ledgers.waiting()).isZero();
  }

  @Test
  void nobody_passes_who_waits_already() throws Exception {
    // Given
    Lease held = now(ALICE, 6);
    CompletableFuture<Lease> large = waiting(processors(BOB, 8, LONG));

    // Then
    assertRefused(() -> now(ALICE, 1), ErrorCode.RESOURCE_BUSY, "1 others wait");
    ledger.release(ALICE, held.id());
    assertThat(got(large).units()).isEqualTo(8000);
  }

  @Test
  void the_owner_who_has_least_is_served_first() throws Exception {
    // Given
    Lease held = now(ALICE, 5);
    now(ALICE, 5);
    CompletableFuture<Lease> more = waiting(processors(ALICE, 5, LONG));
    CompletableFuture<Lease> first = waiting(processors(BOB, 5, LONG));

    // When
    ledger.release(ALICE, held.id());

    // Then
    assertThat(got(first).holder().owner()).isEqualTo(BOB);
    assertThat(more).isNotDone();
  }

  @Test
  void an_urgent_lease_ends_preemptible_ones_of_lower_priority_alone() throws Exception {
    // Given
    Lease kept = now(ALICE, 3);
    Lease lowest = ledger.lease(ask(ALICE, 3, 1, true, Duration.ZERO));
    Lease low = ledger.lease(ask(ALICE, 3, 2, true, Duration.ZERO));

    // When
    Lease urgent = ledger.lease(ask(BOB, 4, 9, false, Duration.ZERO));

    // Then
    assertThat(urgent.units()).isEqualTo(4000);
    assertThat(ledger.leases(ALICE)).containsExactlyInAnyOrder(kept, low).doesNotContain(lowest);
    assertRefused(
        () -> ledger.lease(ask(BOB, 4, 2, false, Duration.ZERO)), ErrorCode.RESOURCE_BUSY);
    assertRefused(
        () -> ledger.lease(ask(BOB, 7, 10, false, Duration.ZERO)), ErrorCode.RESOURCE_BUSY);
    assertThat(ledger.leases(ALICE)).containsExactlyInAnyOrder(kept, low);
  }

  @Test
  void an_urgent_request_takes_the_place_of_another_in_a_full_line() throws Exception {
    // Given
    now(ALICE, 10);
    CompletableFuture<Lease> first = waiting(ask(BOB, 1, 5, false, LONG));
    CompletableFuture<Lease> last = waiting(ask(BOB, 1, 5, false, LONG));

    // When
    CompletableFuture<Lease> urgent = leasing(ask(BOB, 1, 6, false, LONG));

    // Then
    assertThat(last)
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableThat()
        .havingCause()
        .withMessageContaining("more urgent");
    assertThat(first).isNotDone();
    assertThat(urgent).isNotDone();
    assertRefused(() -> ledger.lease(ask(ALICE, 1, 5, false, LONG)), ErrorCode.RESOURCE_BUSY);
  }

  @Test
  void asking_again_with_the_id_of_a_lease_answers_that_one() throws Exception {
    // Given
    Ask ask = processors(ALICE, 10, Duration.ZERO);
    Lease lease = ledger.lease(ask);

    // When
    Lease again = ledger.lease(ask);

    // Then
    assertThat(again).isEqualTo(lease);
    assertThat(ledgers.inUse()).isEqualTo(10_000);
  }

  @Test
  void leases_of_other_owners_are_neither_seen_nor_ended() throws Exception {
    // Given
    Lease held = now(ALICE, 1);

    // Then
    assertThat(ledger.leases(BOB)).isEmpty();
    assertThat(ledger.release(BOB, held.id())).isFalse();
    assertThat(ledger.leases(ALICE)).containsExactly(held);
  }

  @Test
  void a_task_takes_all_that_it_needs_or_nothing() throws Exception {
    // Given
    Allowance allowance =
        ledger.allowance(
            "agent", new Needs(Map.of(ResourceType.CPU, 4000L, ResourceType.MEMORY, 600L)));
    assertThat(allowance.room()).isEqualTo(1);

    // When
    boolean first = allowance.tryTake();
    boolean second = allowance.tryTake();

    // Then
    assertThat(first).isTrue();
    assertThat(second).isFalse();
    assertThat(ledgers.inUse()).isEqualTo(4000);
    assertRefused(() -> now(ALICE, 7), ErrorCode.RESOURCE_BUSY);
    allowance.giveBack();
    assertThat(ledgers.inUse()).isZero();
    assertThat(now(ALICE, 7)).isNotNull();
  }

  @Test
  void a_task_that_needs_more_than_a_share_runs_alone_instead_of_never() {
    // Given
    Allowance allowance = ledger.allowance("agent", Needs.of(ResourceType.CPU, 64));

    // When
    boolean taken = allowance.tryTake();

    // Then
    assertThat(taken).isTrue();
    assertThat(allowance.tryTake()).isFalse();
    assertThat(ledgers.inUse()).isEqualTo(10_000);
    ledgers.policies.put(ResourceType.CPU, new Policy(10, 10));
    allowance.giveBack();
    assertThat(ledgers.inUse()).isZero();
  }

  @Test
  void a_task_passes_who_waits_for_its_own_share_alone() throws Exception {
    // Given
    ledgers.policies.put(ResourceType.CPU, new Policy(100, 50));
    Allowance allowance = ledger.allowance("agent", Needs.of(ResourceType.CPU, 2));
    now(ALICE, 5);

    // When
    CompletableFuture<Lease> more = waiting(processors(ALICE, 1, LONG));

    // Then
    assertThat(allowance.room()).isEqualTo(2);
    CompletableFuture<Lease> others = leasing(processors(BOB, 4, LONG));
    assertThat(got(others).units()).isEqualTo(4000);
    CompletableFuture<Lease> another = waiting(processors(CAROL, 2, LONG));
    assertThat(allowance.room()).isZero();
    assertThat(more).isNotDone();
    assertThat(another).isNotDone();
  }

  @Test
  void settings_say_what_tasks_of_an_agent_need() {
    // Given
    Ledger set =
        new Ledgers("needs.worker.cpu", "2.5", "needs.idle.cpu", "0", "needs.odd.wings", "2")
            .ledger;

    // Then
    assertThat(set.allowance("worker", Needs.NONE).room()).isEqualTo(4);
    assertThat(set.allowance("idle", Needs.of(ResourceType.CPU, 3)).isFree()).isTrue();
    assertThatThrownBy(() -> set.allowance("odd", Needs.NONE))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.resources.needs.odd.wings");
  }
}
