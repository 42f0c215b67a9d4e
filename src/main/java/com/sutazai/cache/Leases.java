package com.sutazai.cache;

import com.sutazai.cache.LeaseKeeper.Answer;
import com.sutazai.cache.Region.Turn;
import com.sutazai.cache.RegionSettings.Waiting;
import com.sutazai.cache.Tier.TierException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one of all processes load a costly value while the others wait for what it keeps. Who is
 * alone pays one message to the place where leases are; who cannot ask there loads at once. Whoever
 * waits asks again a few times a second, so a lease that ended with its process is found soon.
 */
final class Leases<V> {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

  private final Waiting waiting;
  private final Changes changes;
  private final Supplier<Tiers> tiers;
  private final RegionCounts counts;

  Leases(Waiting waiting, Changes changes, Supplier<Tiers> tiers, RegionCounts counts) {
    this.waiting = waiting;
    this.changes = changes;
    this.tiers = tiers;
    this.counts = counts;
  }

  /**
   * Waits for the caller's turn, or for the value.
   *
   * @param most how long another process is waited for; then the caller loads too
   * @param hurry who counts it down does not want to wait any longer
   * @param find looks for the value in all tiers
   */
  Turn<V> turn(String name, Duration most, CountDownLatch hurry, Supplier<Optional<Cached<V>>> find)
      throws InterruptedException {
    if (!waiting.lease().isPositive() || !changes.shared() || hurry.getCount() == 0) {
      return alone();
    }
    String token = token();
    long end = System.nanoTime() + shorter(most, waiting.most()).toNanos();
    for (LeaseKeeper keeper : tiers.get().leases()) {
      Duration pause = FIRST_PAUSE;
      Answer answer = ask(keeper, name, token);
      if (answer == Answer.HELD) {
        counts.awaited.increment();
      }
      while (answer == Answer.HELD) {
        if (System.nanoTime() - end >= 0 || hurry.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
          return alone();
        }
        pause = shorter(pause.plus(pause), LONGEST_PAUSE);
        answer = ask(keeper, name, token);
      }
      if (answer == Answer.TAKEN) {
        return new Turn.Ours<>(new Lease(keeper, name, token, waiting.lease()));
      }
      if (answer == Answer.KEPT) {
        return find.get().<Turn<V>>map(Turn.Over::new).orElseGet(Leases::alone);
      }
    }
    return alone();
  }

  /** Null when it cannot be asked. */
  private @Nullable Answer ask(LeaseKeeper keeper, String name, String token) {
    try {
      return keeper.take(name, token, waiting.lease());
    } catch (TierException away) {
      return null;
    }
  }

  private static <V> Turn<V> alone() {
    return new Turn.Ours<>(Lease.NONE);
  }

  private static String token() {
    var random = ThreadLocalRandom.current();
    return HexFormat.of().toHexDigits(random.nextLong())
        + HexFormat.of().toHexDigits(random.nextLong());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
