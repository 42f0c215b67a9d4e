package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.CircuitBreaker;
import com.sutazai.inference.backend.ModelFailure;
import org.jspecify.annotations.Nullable;

/**
 * One caller's request to the model, from the moment it came: holds its seat and the breaker's
 * permit, and gives both back with the outcome, exactly once.
 */
final class Call {
  private final CircuitBreaker.Permit permit;
  private final Seats seats;
  private final InferenceMetrics metrics;
  private final long came;
  private final long seated = System.nanoTime();
  private long firstToken;
  private boolean ended;

  Call(CircuitBreaker.Permit permit, Seats seats, InferenceMetrics metrics, long came) {
    this.permit = permit;
    this.seats = seats;
    this.metrics = metrics;
    this.came = came;
  }

  void firstToken(String model) {
    firstToken = System.nanoTime();
    metrics.firstToken(model, firstToken - came);
  }

  Timings timings() {
    long now = System.nanoTime();
    @Nullable Double toFirst = firstToken == 0 ? null : Answer.milliseconds(firstToken - came);
    return new Timings(
        Answer.milliseconds(seated - came), toFirst, Answer.milliseconds(now - came));
  }

  void succeeded(Answer answer) {
    if (end(true)) {
      permit.succeeded();
      metrics.answered(answer, System.nanoTime() - came);
    }
  }

  void failed(ModelFailure failure) {
    if (end(false)) {
      if (failure.againstServer()) {
        permit.failed();
      } else {
        permit.succeeded();
      }
    }
  }

  /** Given up by the caller, which says nothing about the server. */
  void abandoned() {
    if (end(false)) {
      permit.abandoned();
    }
  }

  private boolean end(boolean served) {
    if (ended) {
      return false;
    }
    ended = true;
    seats.leave(served ? System.nanoTime() - seated : 0);
    return true;
  }
}
