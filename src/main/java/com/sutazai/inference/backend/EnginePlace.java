package com.sutazai.inference.backend;

import com.sutazai.inference.backend.ModelFailure.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where the engine inside listens: nowhere yet, at the place that it said when it was started, or
 * nowhere for a reason. Whoever asks while it is being started waits for that.
 */
public final class EnginePlace {
  /** A start takes about a second; on a busy machine several. */
  private static final Duration LONGEST_START = Duration.ofSeconds(30);

  private volatile CompletableFuture<URI> place = new CompletableFuture<>();

  /** It is being started, for the first time or again. */
  public void starts() {
    if (place.isDone()) {
      place = new CompletableFuture<>();
    }
  }

  /** It listens. */
  public void listens(URI at) {
    place.complete(at);
  }

  /** It does not run, and will not soon. */
  public void absent(String why) {
    starts();
    place.completeExceptionally(new ModelFailure(Kind.UNREACHABLE, why));
  }

  /**
   * Where it listens.
   *
   * @throws ModelFailure when it does not run
   */
  URI await() throws ModelFailure, InterruptedException {
    try {
      return place.get(LONGEST_START.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ModelFailure(
          Kind.UNREACHABLE,
          "The engine inside has not been ready for " + LONGEST_START.toSeconds() + " s.");
    } catch (ExecutionException e) {
      throw (ModelFailure) e.getCause();
    }
  }
}
