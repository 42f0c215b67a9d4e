package com.sutazai.security.key;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.security.limit.Network;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes guessing slow: after {@link #FREE} failures with one name from one network, and after ten
 * times as many from one network, the next try has to wait a second, then two, then four, up to a
 * quarter of an hour. Whether the name exists does not matter. A try counts as a failure from its
 * beginning, so many at once are no way around. Each process counts for itself.
 */
@Singleton
class LoginDelays {
  static final int FREE = 5;
  private static final int FREE_OF_NETWORK = 10 * FREE;
  private static final Duration LONGEST = Duration.ofMinutes(15);

  /** Longer than the longest wait, after which the next failure has to wait as long again. */
  private static final Duration KEPT = LONGEST.multipliedBy(2);

  private static final int MOST_COUNTED = 10_000;

  private final InstantSource clock;
  private final Cache<List<String>, Failures> failures;

  LoginDelays(InstantSource clock) {
    this.clock = clock;
    failures =
        Caffeine.newBuilder()
            .maximumSize(MOST_COUNTED)
            .expireAfterWrite(KEPT)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  private record Failures(int count, Instant last) {
    Instant until(int free) {
      int over = count - free;
      return over < 0
          ? Instant.MIN
          : last.plusSeconds(Math.min(LONGEST.toSeconds(), 1L << Math.min(over, 20)));
    }
  }

  /** Counts a try, or refuses it when it comes too early. */
  synchronized void begin(String name, String address) {
    String network = Network.of(address);
    requirePatience(List.of(name, network), FREE);
    requirePatience(List.of(network), FREE_OF_NETWORK);
    count(List.of(name, network));
    count(List.of(network));
  }

  private void requirePatience(List<String> who, int free) {
    Failures known = failures.getIfPresent(who);
    Instant now = clock.instant();
    if (known != null && known.until(free).isAfter(now)) {
      Duration wait = Duration.between(now, known.until(free));
      throw new ProblemException(
              ErrorCode.TOO_MANY_ATTEMPTS, "Wait before the next try; the wait doubles each time.")
          .retryAfter(wait);
    }
  }

  private void count(List<String> who) {
    failures
        .asMap()
        .merge(
            who,
            new Failures(1, clock.instant()),
            (known, one) -> new Failures(known.count() + 1, one.last()));
  }

  /** Takes back a try whose password was not looked at. */
  synchronized void untried(String name, String address) {
    String network = Network.of(address);
    takeBack(List.of(name, network));
    takeBack(List.of(network));
  }

  /** Forgets the failures with this name, and takes the try back. */
  synchronized void succeeded(String name, String address) {
    String network = Network.of(address);
    failures.invalidate(List.of(name, network));
    takeBack(List.of(network));
  }

  private void takeBack(List<String> who) {
    failures.asMap().computeIfPresent(who, (same, known) -> oneLess(known));
  }

  private static @Nullable Failures oneLess(Failures known) {
    return known.count() == 1 ? null : new Failures(known.count() - 1, known.last());
  }
}
