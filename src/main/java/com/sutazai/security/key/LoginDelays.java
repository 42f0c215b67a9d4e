package com.sutazai.security.key;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Makes guessing slow: after {@link #FREE} failures with one name from one address, and after ten
 * times as many from one address, the next try has to wait a second, then two, then four, up to a
 * quarter of an hour. Whether the name exists does not matter. Each process counts for itself.
 */
@Singleton
class LoginDelays {
  static final int FREE = 5;
  private static final int FREE_OF_ADDRESS = 10 * FREE;
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final int MOST_COUNTED = 10_000;

  private final InstantSource clock;
  private final Cache<List<String>, Failures> failures =
      Caffeine.newBuilder().maximumSize(MOST_COUNTED).expireAfterWrite(LONGEST).build();

  LoginDelays(InstantSource clock) {
    this.clock = clock;
  }

  private record Failures(int count, Instant last) {
    Instant until(int free) {
      int over = count - free;
      return over < 0
          ? Instant.MIN
          : last.plusSeconds(Math.min(LONGEST.toSeconds(), 1L << Math.min(over, 20)));
    }
  }

  /** Refuses a try that comes too early. */
  void requirePatience(String name, String address) {
    requirePatience(List.of(name, address), FREE);
    requirePatience(List.of(address), FREE_OF_ADDRESS);
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

  void failed(String name, String address) {
    for (List<String> who : List.of(List.of(name, address), List.of(address))) {
      failures
          .asMap()
          .merge(
              who,
              new Failures(1, clock.instant()),
              (known, one) -> new Failures(known.count() + 1, one.last()));
    }
  }

  void succeeded(String name, String address) {
    failures.invalidate(List.of(name, address));
  }
}
