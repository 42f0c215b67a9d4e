package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Usage;
import com.sutazai.inference.batch.Slot;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a server, from the moment it came until it ends: the slot it holds, the
 * servers that failed it, and what it took. The outcome is told exactly once.
 */
final class Call {
  private final ModelRequest request;
  private final Observer observer;
  private final long came = System.nanoTime();
  private final Set<Backend> failedBy = new HashSet<>();
  private @Nullable Slot slot;
  private long firstSlotAt;
  private long firstTokenAt;
  private boolean ended;

  /** Who wants to know how calls end. */
  interface Observer {
    void firstToken(String model, long nanos);

    void ended(ModelRequest request, String model, @Nullable Usage usage, Timings timings);

    void failed(ModelRequest request, String model, Timings timings);
  }

  Call(ModelRequest request, Observer observer) {
    this.request = request;
    this.observer = observer;
  }

  ModelRequest request() {
    return request;
  }

  @Nullable Slot slot() {
    return slot;
  }

  Slot holds(Slot taken) {
    if (firstSlotAt == 0) {
      firstSlotAt = taken.since();
    }
    slot = taken;
    return taken;
  }

  /** Those that did not fail this call yet. */
  List<Backend> left(List<Backend> servers) {
    return failedBy.isEmpty()
        ? servers
        : servers.stream().filter(server -> !failedBy.contains(server)).toList();
  }

  /** Gives its slot back to try another server. */
  void leave(Slot held, ModelFailure failure) {
    failedBy.add(held.server());
    held.failed(failure);
    slot = null;
  }

  void token(String model) {
    if (firstTokenAt == 0) {
      firstTokenAt = System.nanoTime();
      observer.firstToken(model, firstTokenAt - came);
    }
    if (slot != null) {
      slot.token();
    }
  }

  Timings timings() {
    long now = System.nanoTime();
    @Nullable Double toFirst = firstTokenAt == 0 ? null : Answer.milliseconds(firstTokenAt - came);
    return new Timings(
        Answer.milliseconds((firstSlotAt == 0 ? now : firstSlotAt) - came),
        toFirst,
        Answer.milliseconds(now - came));
  }

  void succeeded(String model, @Nullable Usage usage) {
    if (!ended) {
      ended = true;
      if (slot != null) {
        slot.succeeded();
      }
      observer.ended(request, model, usage, timings());
    }
  }

  void failed(String model, ModelFailure failure) {
    if (!ended) {
      ended = true;
      if (slot != null) {
        slot.failed(failure);
      }
      observer.failed(request, model, timings());
    }
  }

  /** Given up by the caller, which says nothing about the server. */
  void abandoned() {
    if (!ended) {
      ended = true;
      if (slot != null) {
        slot.abandoned();
      }
    }
  }
}
