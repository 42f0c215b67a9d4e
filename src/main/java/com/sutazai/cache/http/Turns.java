package com.sutazai.cache.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.cache.CacheKey;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets one of the requests for the same key ask the resource while the others wait for what it
 * leaves. What was not kept the last time is not waited for.
 */
final class Turns {
  /** A request that waited so long asks the resource by itself. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MOST_ALONE = 10_000;
  private static final Duration ALONE = Duration.ofMinutes(1);

  private final ConcurrentHashMap<CacheKey, Turn.First> running = new ConcurrentHashMap<>();
  private final Cache<CacheKey, Boolean> alone =
      Caffeine.newBuilder()
          .maximumSize(MOST_ALONE)
          .expireAfterWrite(ALONE)
          .executor(Runnable::run)
          .build();

  /** What a request does. */
  sealed interface Turn {
    /** It asks the resource; {@link Turns#end} is to be called after that. */
    record First(CountDownLatch over) implements Turn {}

    /** It has waited for another one's end. */
    record Waited() implements Turn {}

    /** It asks the resource and nobody waits for it. */
    record Alone() implements Turn {}
  }

  /** Whether one of them asks now, so that whoever takes a turn waits. */
  boolean underWay(CacheKey key) {
    return running.containsKey(key);
  }

  Turn take(CacheKey key) throws InterruptedException {
    if (alone.getIfPresent(key) != null) {
      return new Turn.Alone();
    }
    var mine = new Turn.First(new CountDownLatch(1));
    Turn.First other = running.putIfAbsent(key, mine);
    if (other == null) {
      return mine;
    }
    if (!other.over().await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      running.remove(key, other);
    }
    return new Turn.Waited();
  }

  /** Wakes those who wait. */
  void end(CacheKey key, Turn turn) {
    if (turn instanceof Turn.First first) {
      running.remove(key, first);
      first.over().countDown();
    }
  }

  /** Notes whether the resource's answer could be kept. */
  void note(CacheKey key, boolean keepable) {
    if (keepable) {
      alone.invalidate(key);
    } else {
      alone.put(key, true);
    }
  }
}
