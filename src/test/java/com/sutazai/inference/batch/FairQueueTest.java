package com.sutazai.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.inference.backend.Backend;
import com.sutazai.testing.Servers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final Backend SERVER = Servers.of("ollama");
  private static final Predicate<Waiter> ANY = waiter -> true;

  private final FairQueue queue = new FairQueue(100);
  private final Map<String, UUID> callers = new HashMap<>();

  private Waiter waiter(String caller, int weight, long tokens) {
    return new Waiter(
        new Work(id(caller), weight, false, tokens, List.of(SERVER), 0, Duration.ofMinutes(1)));
  }

  private UUID id(String caller) {
    return callers.computeIfAbsent(caller, name -> UUID.randomUUID());
  }

  private void add(String caller, int weight, long tokens, int times) {
    for (int i = 0; i < times; i++) {
      queue.add(waiter(caller, weight, tokens));
    }
  }

  private List<String> taken(int most) {
    Map<UUID, String> names = new HashMap<>();
    callers.forEach((name, id) -> names.put(id, name));
    List<String> taken = new ArrayList<>();
    for (Waiter next = queue.take(ANY); next != null && most-- > 0; next = queue.take(ANY)) {
      taken.add(names.get(next.work().caller()));
    }
    return taken;
  }

  @Test
  void ten_callers_with_one_request_each_wait_for_few_of_the_thousand_of_another() {
    // Given
    add("busy", 1, 100, 1000);
    for (int i = 0; i < 10; i++) {
      add("caller-" + i, 1, 100, 1);
    }

    // When
    List<String> first = taken(11);

    // Then
    assertThat(first).filteredOn(name -> name.startsWith("caller-")).hasSize(10);
  }

  @Test
  void one_caller_is_served_in_the_order_of_its_requests() {
    // Given
    List<Waiter> waiters = new ArrayList<>();
    for (int tokens : new int[] {500, 1, 90, 1000}) {
      waiters.add(waiter("only", 1, tokens));
      queue.add(waiters.getLast());
    }

    // When, then
    for (Waiter expected : waiters) {
      assertThat(queue.take(ANY)).isSameAs(expected);
    }
    assertThat(queue.take(ANY)).isNull();
  }

  @Test
  void tokens_are_shared_by_weight() {
    // Given
    add("one", 1, 100, 400);
    add("three", 3, 100, 400);

    // When
    List<String> first = taken(200);

    // Then
    assertThat(first).filteredOn("three"::equals).hasSizeBetween(145, 155);
  }

  @Test
  void long_requests_cost_their_caller_turns() {
    // Given
    add("long", 1, 1000, 100);
    add("short", 1, 100, 100);

    // When
    List<String> first = taken(55);

    // Then
    assertThat(first).filteredOn("long"::equals).hasSizeBetween(4, 6);
  }

  @Test
  void who_may_not_be_served_is_passed_over_and_keeps_its_place() {
    // Given
    Waiter first = waiter("a", 1, 10);
    Waiter second = waiter("b", 1, 10);
    queue.add(first);
    queue.add(second);

    // When, then
    assertThat(queue.take(waiter -> waiter != first)).isSameAs(second);
    assertThat(queue.take(waiter -> waiter != first)).isNull();
    assertThat(queue.take(ANY)).isSameAs(first);
  }

  @Test
  void who_may_be_served_is_asked_once_as_it_may_change_meanwhile() {
    // Given
    Waiter only = waiter("a", 1, 1000);
    queue.add(only);
    AtomicInteger asked = new AtomicInteger();

    // When
    Waiter taken =
        queue.take(
            waiter -> {
              assertThat(asked.incrementAndGet()).isLessThan(100);
              return asked.get() == 1;
            });

    // Then
    assertThat(taken).isSameAs(only);
  }

  @Test
  void those_ahead_of_a_newcomer_are_few_whatever_another_caller_has() {
    // Given
    add("busy", 1, 100, 1000);

    // When, then
    assertThat(queue.before(UUID.randomUUID(), 1)).isEqualTo(1);
    assertThat(queue.before(id("busy"), 1)).isEqualTo(1000);
  }

  /** Every request is served once, and no caller falls behind its share by more than two turns. */
  @Test
  void any_sequence_is_served_whole_and_fairly() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      FairQueue fair = new FairQueue(1 + random.nextInt(300));
      Map<UUID, Long> served = new HashMap<>();
      List<UUID> ids = random.ints(5).mapToObj(i -> UUID.randomUUID()).limit(5).toList();
      int requests = 0;
      long largest = 1;
      for (UUID id : ids) {
        int own = 50 + random.nextInt(50);
        requests += own;
        for (int i = 0; i < own; i++) {
          long tokens = 1 + random.nextInt(1000);
          largest = Math.max(largest, tokens);
          fair.add(
              new Waiter(
                  new Work(id, 1, false, tokens, List.of(SERVER), 0, Duration.ofMinutes(1))));
        }
      }

      // while all five wait, none of them gets ahead of another by more than a turn and a request
      int taken = 0;
      for (; taken < 100; taken++) {
        Waiter next = Objects.requireNonNull(fair.take(ANY));
        served.merge(next.work().caller(), next.work().tokens(), Long::sum);
      }
      long most = ids.stream().mapToLong(id -> served.getOrDefault(id, 0L)).max().orElseThrow();
      long least = ids.stream().mapToLong(id -> served.getOrDefault(id, 0L)).min().orElseThrow();
      assertThat(most - least).as("seed %d", seed).isLessThanOrEqualTo(2 * (300 + largest));
      while (fair.take(ANY) != null) {
        taken++;
      }
      assertThat(taken).as("seed %d", seed).isEqualTo(requests);
      assertThat(fair.size()).isZero();
      assertThat(fair.tokens()).isZero();
    }
  }
}
