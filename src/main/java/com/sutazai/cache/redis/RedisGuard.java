package com.sutazai.cache.redis;

import com.sutazai.cache.Tier.TierException;
import com.sutazai.cache.redis.RedisTier.State;
import com.sutazai.platform.breaker.CircuitBreaker;
import com.sutazai.platform.breaker.CircuitBreaker.Permit;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers at Redis while it can be used. After three failures in a row they are refused at
 * once, and only the tier's own thread tries whether it is back, so that no caller waits for that.
 * Says once that it is there, and once that it is not.
 */
final class RedisGuard {
  private static final Logger LOG = Logger.getLogger(RedisGuard.class);
  private static final CircuitBreaker.Limits LIMITS =
      new CircuitBreaker.Limits(
          3, 20, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(5));

  private final RedisAddress address;
  private final CircuitBreaker breaker = new CircuitBreaker(LIMITS, System::nanoTime);
  private boolean lastFailed = true;
  private @Nullable String lastError;
  private @Nullable Boolean toldUsable;

  RedisGuard(RedisAddress address) {
    this.address = address;
  }

  void show(MeterRegistry registry) {
    breaker.show("cache-redis", registry);
  }

  /** For callers: refused at once while Redis is left alone. */
  <T extends @Nullable Object> T call(Supplier<T> work) {
    if (breaker.state() != CircuitBreaker.State.CLOSED) {
      throw leftAlone();
    }
    return probe(work);
  }

  /** For the tier itself: tries Redis too when it was left alone for long enough. */
  <T extends @Nullable Object> T probe(Supplier<T> work) {
    Permit permit = breaker.tryAcquire().orElseThrow(this::leftAlone);
    boolean decided = false;
    try {
      T result = work.get();
      decided = true;
      permit.succeeded();
      heard(null);
      return result;
    } catch (RedisFailure failure) {
      if (failure.kind() == RedisFailure.Kind.REFUSED) {
        decided = true;
        permit.succeeded();
        heard(null);
      } else if (failure.kind() == RedisFailure.Kind.AWAY) {
        decided = true;
        permit.failed();
        heard(failure.getMessage());
      }
      throw new TierException("Redis at " + address + ": " + failure.getMessage(), failure);
    } finally {
      if (!decided) {
        permit.abandoned();
      }
    }
  }

  private TierException leftAlone() {
    return new TierException("Redis at " + address + " is left alone after failures", null);
  }

  private synchronized void heard(@Nullable String failure) {
    lastFailed = failure != null;
    if (failure != null) {
      lastError = failure;
    }
    boolean usable = !lastFailed;
    boolean news = usable || breaker.state() != CircuitBreaker.State.CLOSED;
    if (!news || Boolean.valueOf(usable).equals(toldUsable)) {
      return;
    }
    toldUsable = usable;
    if (usable) {
      LOG.infof("The cache is shared over Redis at %s", address);
    } else {
      LOG.warnf(
          "Redis at %s cannot be used (%s): until it can, the cache goes without it",
          address, failure);
    }
  }

  synchronized State state() {
    String word =
        breaker.state() != CircuitBreaker.State.CLOSED ? "skipped" : lastFailed ? "down" : "up";
    return new State(word, lastError);
  }
}
