package com.sutazai.queue;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * From when on a claim looks for waiting jobs, by type and priority. Jobs leave the index at its
 * front, and while some transaction holds an old snapshot their entries stay there, dead: a claim
 * that began at the front would walk over all of them, over more with each. So it begins a little
 * before the youngest job that the claims before it took.
 *
 * <p>A job behind that point became due in the past: its transaction took longer than the margin.
 * It is found by a claim that looks at everything, which comes every few seconds, and sooner when
 * there is nothing else to do.
 */
final class ClaimFloors {
  private static final int PRIORITIES = 11;
  private static final Duration MARGIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_WHEN_BUSY = Duration.ofSeconds(5);
  private static final Duration LONGEST_WHEN_IDLE = Duration.ofSeconds(1);
  private static final OffsetDateTime FRONT =
      OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  /** When the youngest job taken became due, by type and then by priority. */
  private final Map<String, OffsetDateTime[]> youngest = new HashMap<>();

  private long lookedAtAll = System.nanoTime();

  /** Where to begin: for each type, in this order, the priorities from 0 to 10. */
  synchronized OffsetDateTime[] of(Collection<String> types) {
    if (isOver(LONGEST_WHEN_BUSY)) {
      youngest.clear();
    }
    if (youngest.isEmpty()) {
      lookedAtAll = System.nanoTime();
    }
    return types.stream().flatMap(this::of).toArray(OffsetDateTime[]::new);
  }

  private Stream<OffsetDateTime> of(String type) {
    return Arrays.stream(youngest.getOrDefault(type, fronts())).map(since -> since.minus(MARGIN));
  }

  /** Notes a job that was taken, and since when it was due. */
  synchronized void taken(String type, int priority, OffsetDateTime since) {
    OffsetDateTime[] known = youngest.computeIfAbsent(type, unknown -> fronts());
    if (since.isAfter(known[priority])) {
      known[priority] = since;
    }
  }

  private static OffsetDateTime[] fronts() {
    OffsetDateTime[] fronts = new OffsetDateTime[PRIORITIES];
    Arrays.fill(fronts, FRONT);
    return fronts;
  }

  /**
   * Whether a claim that found nothing is to be made again, over everything; from here on claims
   * are.
   */
  synchronized boolean lowered() {
    boolean lowered = !youngest.isEmpty() && isOver(LONGEST_WHEN_IDLE);
    if (lowered) {
      youngest.clear();
    }
    return lowered;
  }

  private boolean isOver(Duration limit) {
    return System.nanoTime() - lookedAtAll > limit.toNanos();
  }
}
