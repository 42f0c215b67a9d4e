package com.sutazai.inference.batch;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.platform.breaker.CircuitBreaker;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Leave for one call to one server, together with its breaker's permit. Both are given back with
 * the outcome, exactly once: what is said after that does not count.
 */
public final class Slot {
  private final Batcher batcher;
  private final Lane lane;
  private final boolean bulk;
  private final CircuitBreaker.Permit permit;
  private final long since = System.nanoTime();
  private final AtomicBoolean ended = new AtomicBoolean();

  Slot(Batcher batcher, Lane lane, boolean bulk, CircuitBreaker.Permit permit) {
    this.batcher = batcher;
    this.lane = lane;
    this.bulk = bulk;
    this.permit = permit;
  }

  /** The server to call. */
  public Backend server() {
    return lane.server();
  }

  /** {@link System#nanoTime()} at which it was granted. */
  public long since() {
    return since;
  }

  /** Says that a piece of the answer came. */
  public void token() {
    lane.token();
  }

  /** The whole answer came. */
  public void succeeded() {
    if (ended.compareAndSet(false, true)) {
      permit.succeeded();
      batcher.served(System.nanoTime() - since);
      batcher.leave(lane, bulk, false);
    }
  }

  /** The server failed, or refused; one that lacks the model is asked anew which it has. */
  public void failed(ModelFailure failure) {
    if (ended.compareAndSet(false, true)) {
      if (failure.kind() == ModelFailure.Kind.MISSING_MODEL) {
        server().forget();
      }
      if (failure.againstServer()) {
        permit.failed();
      } else {
        permit.succeeded();
      }
      batcher.leave(lane, bulk, failure.kind() == ModelFailure.Kind.OVERLOADED);
    }
  }

  /** Given up by the caller, which says nothing about the server. */
  public void abandoned() {
    if (ended.compareAndSet(false, true)) {
      permit.abandoned();
      batcher.leave(lane, bulk, false);
    }
  }
}
