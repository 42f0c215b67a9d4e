package com.sutazai.queue;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * From when on a claim looks for waiting jobs, by type and priority. Jobs leave the index at its
 * front, and while some transaction holds an old snapshot their entries stay there dead: a claim
 * that began at the front would walk over all of them, more with each. So it begins a little before
 * the youngest job that the claims before it took.
 *
 * <p>What is older and still waits has become due in the past: its transaction took longer than the
 * margin, or was given an earlier time. Such jobs are found by a look at the whole, at least every
 * few seconds, and at once when there is nothing else to do.
 */
final class ClaimFloors {
  private static final int PRIORITIES = 11;
  private static final Duration MARGIN = Duration.ofSeconds(1);
  private static final Duration BUSY = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final OffsetDateTime FRONT =
      OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  private final Map<String, OffsetDateTime[]> youngest = new HashMap<>();
  private long lookedAtAll = System.nanoTime() - BUSY.toNanos();

  /** Whether the next claim has to look at the whole. */
  boolean isWholeDue() {
    return lookedAtAll(BUSY);
  }

  /** Whether a claim that found nothing is worth another look, at the whole. */
  boolean isWholeWorthwhile() {
    return lookedAtAll(IDLE);
  }

  private boolean lookedAtAll(Duration ago) {
    return System.nanoTime() - lookedAtAll >= ago.toNanos();
  }

  /** From now on everything is looked at until jobs are taken. */
  void forget() {
    youngest.clear();
    lookedAtAll = System.nanoTime();
  }

  /** Notes that a job was taken that was due since then. */
  void taken(String type, int priority, OffsetDateTime since) {
    OffsetDateTime[] known = youngest.computeIfAbsent(type, t -> fronts());
    if (since.isAfter(known[priority])) {
      known[priority] = since;
    }
  }

  private static OffsetDateTime[] fronts() {
    OffsetDateTime[] fronts = new OffsetDateTime[PRIORITIES];
    Arrays.fill(fronts, FRONT);
    return fronts;
  }

  /** Each type as often as there are priorities. */
  static String[] types(Collection<String> types) {
    return types.stream()
        .flatMap(type -> IntStream.range(0, PRIORITIES).mapToObj(priority -> type))
        .toArray(String[]::new);
  }

  /** The priorities, the highest first, for each type. */
  static Short[] priorities(Collection<String> types) {
    return types.stream()
        .flatMap(type -> IntStream.range(0, PRIORITIES).mapToObj(i -> (short) (PRIORITIES - 1 - i)))
        .toArray(Short[]::new);
  }

  /** Where to begin, for each type and priority in the order of the other two. */
  OffsetDateTime[] since(Collection<String> types) {
    return types.stream().flatMap(this::since).toArray(OffsetDateTime[]::new);
  }

  private Stream<OffsetDateTime> since(String type) {
    OffsetDateTime[] known = youngest.getOrDefault(type, fronts());
    return IntStream.range(0, PRIORITIES).mapToObj(i -> known[PRIORITIES - 1 - i].minus(MARGIN));
  }
}
