package com.sutazai.queue;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From when on a worker's claim looks for jobs of its owner, by priority, where other owners have
 * many of the type: these stand in the same index, and a look from the front would walk over all of
 * them, however often it found nothing there. What a look has walked over without a find, the next
 * ones leave out; what comes later became due later.
 *
 * <p>A job behind that point became due in the past: its transaction took longer than the margin,
 * or another claim held it for a moment. It is found by a look at everything, which comes every few
 * seconds.
 */
final class WorkerFloors {
  private static final int PRIORITIES = 11;
  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration MARGIN = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final OffsetDateTime FRONT =
      OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  private final Map<Look, Seen> seen = new ConcurrentHashMap<>();

  private record Look(UUID worker, String type) {}

  /**
   * What was walked over.
   *
   * @param until by priority
   * @param lookedAtAll {@link System#nanoTime}
   */
  private record Seen(OffsetDateTime[] until, long lookedAtAll) {
    boolean isOver() {
      return System.nanoTime() - lookedAtAll > LONGEST.toNanos();
    }
  }

  /** Where to begin, for the priorities from 0 to 10. */
  OffsetDateTime[] of(UUID worker, String type) {
    Seen last = seen.get(new Look(worker, type));
    return last == null || last.isOver() ? fronts() : last.until().clone();
  }

  /** Everything: as if nothing was seen before. */
  static OffsetDateTime[] fronts() {
    OffsetDateTime[] fronts = new OffsetDateTime[PRIORITIES];
    Arrays.fill(fronts, FRONT);
    return fronts;
  }

  /**
   * Notes a look that found nothing.
   *
   * @param from where it began
   * @param at when it was, by the database's clock
   */
  void nothing(UUID worker, String type, OffsetDateTime[] from, OffsetDateTime at) {
    walked(worker, type, from, 0, at, at);
  }

  /**
   * Notes a look that found a job.
   *
   * @param since when the job became due
   */
  void found(
      UUID worker,
      String type,
      OffsetDateTime[] from,
      int priority,
      OffsetDateTime since,
      OffsetDateTime at) {
    walked(worker, type, from, priority, since, at);
  }

  private void walked(
      UUID worker,
      String type,
      OffsetDateTime[] from,
      int priority,
      OffsetDateTime since,
      OffsetDateTime at) {
    var look = new Look(worker, type);
    boolean all = Arrays.stream(from).allMatch(FRONT::equals);
    OffsetDateTime[] until = from.clone();
    until[priority] = later(until[priority], since);
    for (int above = priority + 1; above < PRIORITIES; above++) {
      until[above] = later(until[above], at);
    }
    if (seen.size() > MOST_REMEMBERED) {
      seen.clear(); // those begin at the front once more
    }
    seen.compute(
        look,
        (key, last) ->
            new Seen(until, all || last == null ? System.nanoTime() : last.lookedAtAll()));
  }

  private static OffsetDateTime later(OffsetDateTime floor, OffsetDateTime walked) {
    OffsetDateTime next = walked.minus(MARGIN);
    return next.isAfter(floor) ? next : floor;
  }
}
