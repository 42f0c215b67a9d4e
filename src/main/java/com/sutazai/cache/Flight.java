package com.sutazai.cache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One load that several callers may wait for. */
final class Flight<V> {
  private final Region.Start start;
  private final CompletableFuture<Outcome<V>> outcome = new CompletableFuture<>();

  /** How a load ended. */
  sealed interface Outcome<V> {
    /** There is a value. */
    record Found<V>(Entry<V> entry) implements Outcome<V> {}

    /** There is none. */
    record Nothing<V>() implements Outcome<V> {}

    /** Whoever loaded it gave up; somebody else has to. */
    record Abandoned<V>() implements Outcome<V> {}
  }

  Flight(Region.Start start) {
    this.start = start;
  }

  Region.Start start() {
    return start;
  }

  void end(Optional<Entry<V>> entry) {
    outcome.complete(
        entry.isPresent() ? new Outcome.Found<>(entry.get()) : new Outcome.Nothing<>());
  }

  void fail(RuntimeException failure) {
    outcome.completeExceptionally(failure);
  }

  /** Ends it for those who wait, if it has not ended otherwise. */
  void abandon() {
    outcome.complete(new Outcome.Abandoned<>());
  }

  /** Callers that wait for its end. */
  int waiting() {
    return outcome.getNumberOfDependents();
  }

  /** Waits for its end; a failure is everybody's. */
  Outcome<V> await() throws InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }
}
