package com.sutazai.resources;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/**
 * Those who wait for leases on one resource: the most urgent first, then the owner who has least of
 * it, then who came first. Not safe for several threads.
 */
final class Line {
  private final int most;

  /** In the order in which they came. */
  private final List<Waiter> waiting = new ArrayList<>();

  Line(int most) {
    this.most = most;
  }

  /** Somebody who waits; the lease, or the problem, ends that. */
  record Waiter(Ask ask, CompletableFuture<Lease> lease) {}

  int size() {
    return waiting.size();
  }

  /** Whether somebody waits who is not less urgent. */
  boolean isBefore(int priority) {
    return waiting.stream().anyMatch(each -> each.ask().priority() >= priority);
  }

  /** In the order in which they are to be served. */
  List<Waiter> inOrder(ToLongFunction<UUID> ownedBy) {
    return waiting.stream()
        .sorted(
            Comparator.<Waiter>comparingInt(each -> -each.ask().priority())
                .thenComparingLong(each -> ownedBy.applyAsLong(each.ask().holder().owner())))
        .toList();
  }

  /** Whether one more of that priority may wait, if need be in the place of a less urgent one. */
  boolean hasRoom(int priority) {
    return waiting.size() < most
        || waiting.stream().anyMatch(each -> each.ask().priority() < priority);
  }

  /** Lets somebody wait; who had to leave the full line for that, the last of the least urgent. */
  Optional<Waiter> add(Waiter waiter) {
    Optional<Waiter> displaced =
        waiting.size() < most
            ? Optional.empty()
            : waiting.reversed().stream()
                .min(Comparator.comparingInt(each -> each.ask().priority()));
    displaced.ifPresent(waiting::remove);
    waiting.add(waiter);
    return displaced;
  }

  /** False when it did not wait any more. */
  boolean remove(Waiter waiter) {
    return waiting.remove(waiter);
  }
}
