package com.sutazai.cache;

import com.sutazai.cache.Tier.TierException;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets readers of the cache wait for the database only for so long, and not at all for a while
 * after one of them got no answer.
 */
final class TableGuard {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Duration timeout;
  private volatile long pauseUntil = System.nanoTime();

  /** Of the last use; null when that went well. */
  private volatile @Nullable String lastError;

  TableGuard(Duration timeout) {
    this.timeout = timeout;
  }

  @Nullable String lastError() {
    return lastError;
  }

  /** For somebody who is waited for. */
  <T> T ask(Supplier<T> statement) {
    if (System.nanoTime() - pauseUntil < 0) {
      throw new TierException("The database did not answer a moment ago", null);
    }
    FutureTask<T> answer = new FutureTask<>(statement::get);
    Thread.ofVirtual().name("ask-cache-table").start(answer);
    try {
      T result = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      lastError = null;
      return result;
    } catch (TimeoutException e) {
      throw leaveAlone("The database did not answer within " + timeout.toMillis() + " ms.", e);
    } catch (ExecutionException e) {
      throw leaveAlone(reason(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TierException("The reader left", e);
    }
  }

  private TierException leaveAlone(String reason, Exception cause) {
    pauseUntil = System.nanoTime() + PAUSE.toNanos();
    return failed(reason, cause);
  }

  /** For work that nobody waits for: as long as the database's own limits allow. */
  <T> T tell(Supplier<T> statement) {
    try {
      T result = statement.get();
      lastError = null;
      return result;
    } catch (RuntimeException e) {
      throw failed(reason(e), e);
    }
  }

  private TierException failed(String reason, Exception cause) {
    lastError = reason;
    return new TierException(reason, cause);
  }

  private static String reason(@Nullable Throwable failure) {
    return failure instanceof ProblemException problem
        ? problem.detail()
        : "The database did not do it: " + failure;
  }
}
