package com.sutazai.inference;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.batch.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request at a server, and when that is slow to begin at a second one too (J. Dean, L. A.
 * Barroso: The Tail at Scale, 2013). The first token decides which of the two answers; the other
 * one is given up.
 *
 * <p>Only the thread that waits for the answer decides and touches the call: the tries hand it
 * their outcomes and tell nobody else of them. A try that fails while the other one runs ends
 * alone; the request fails with the last.
 */
final class Hedge {
  private final Call call;
  private final Duration after;
  private final Second second;
  private final List<Contender> running = new ArrayList<>(2);
  private @Nullable Contender hedge;

  /** Tries the request at another server. */
  interface Second {
    /** Null when there is none that may be asked at once. */
    @Nullable Contender start();

    /** It was started, and answered first or not. */
    void ended(Slot slot, boolean won);
  }

  Hedge(Call call, Duration after, Second second) {
    this.call = call;
    this.after = after;
    this.second = second;
  }

  /** Waits for the first token of either. */
  LiveGeneration begin(Contender first) throws ModelFailure, InterruptedException {
    boolean won = false;
    running.add(first);
    try {
      if (!isDone(first)) {
        hedge = second.start();
      }
      if (hedge != null) {
        running.add(hedge);
      }
      Contender winner = winner();
      won = winner == hedge;
      call.holds(winner.slot());
      return winner.answer().chosen();
    } finally {
      running.forEach(Contender::giveUp);
      if (hedge != null) {
        second.ended(hedge.slot(), won);
      }
    }
  }

  private boolean isDone(Contender first) throws InterruptedException {
    try {
      first.begun().get(after.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private Contender winner() throws ModelFailure, InterruptedException {
    @Nullable ModelFailure before = null;
    while (true) {
      Contender next = next();
      if (next.succeeded()) {
        running.remove(next);
        return next;
      }
      before = failed(next, before);
    }
  }

  /** The next one that is done; one that answers before one that failed. */
  private Contender next() throws InterruptedException {
    try {
      CompletableFuture.anyOf(
              running.stream().map(Contender::begun).toArray(CompletableFuture<?>[]::new))
          .get();
    } catch (ExecutionException e) {
      // told by the one that failed
    }
    return running.stream()
        .filter(Contender::succeeded)
        .findFirst()
        .or(() -> running.stream().filter(each -> each.begun().isDone()).findFirst())
        .orElseThrow();
  }

  /** Goes on with the other one if there is one; what was not to be tried again stays so. */
  private ModelFailure failed(Contender loser, @Nullable ModelFailure before) throws ModelFailure {
    ModelFailure failure = failureOf(loser);
    running.remove(loser);
    if (!running.isEmpty()) {
      call.leave(loser.slot(), failure);
      call.holds(running.getFirst().slot());
      return failure;
    }
    if (before != null && !before.retryable()) {
      loser.slot().failed(failure);
      throw before;
    }
    throw failure;
  }

  private static ModelFailure failureOf(Contender loser) {
    try {
      loser.answer();
      throw new IllegalStateException("It answered");
    } catch (ModelFailure failure) {
      return failure;
    }
  }
}
