package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Usage;
import com.sutazai.inference.batch.Slot;
import com.sutazai.security.quota.Reservation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
  private Reservation reservation = Reservation.NONE;
  private @Nullable Slot slot;
  private long firstSlotAt;
  private long firstTokenAt;
  private @Nullable String model;
  private @Nullable Usage usage;
  private boolean hedged;
  private boolean ended;

  /** Who wants to know how calls end. Only calls that reached a server are told of. */
  interface Observer {
    void firstToken(String model, long nanos);

    void answered(ModelRequest request, String model, @Nullable Usage usage, Timings timings);

    /** It failed, or the caller left before its end. */
    void failed(ModelRequest request, String model, @Nullable Usage usage, Timings timings);
  }

  Call(ModelRequest request, Observer observer) {
    this.request = request;
    this.observer = observer;
  }

  ModelRequest request() {
    return request;
  }

  /** Says what is kept for it of the caller's quota until it ends. */
  void reserved(Reservation kept) {
    reservation = kept;
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

  /** Whether this is the first slot that it got. */
  boolean isFirst(Slot held) {
    return held.since() == firstSlotAt;
  }

  /** Says which installed model the servers are asked for. */
  void asks(String installed) {
    model = installed;
  }

  /** Says what the server counted so far. */
  void used(Usage counted) {
    usage = counted;
  }

  @Nullable Usage usage() {
    return usage;
  }

  /** Those that did not fail this call yet. */
  List<Backend> left(List<Backend> servers) {
    return failedBy.isEmpty()
        ? servers
        : servers.stream().filter(server -> !failedBy.contains(server)).toList();
  }

  /** Gives a slot back to try another server. */
  void leave(Slot held, ModelFailure failure) {
    failedBy.add(held.server());
    held.failed(failure);
    if (slot == held) {
      slot = null;
    }
  }

  /** Says that it was sent to a second server beside the first, which is done once at most. */
  void hedge() {
    hedged = true;
  }

  boolean hedged() {
    return hedged;
  }

  void token() {
    if (firstTokenAt == 0) {
      firstTokenAt = System.nanoTime();
      if (model != null) {
        observer.firstToken(model, firstTokenAt - came);
      }
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

  void succeeded() {
    if (end(Slot::succeeded, true) && model != null) {
      observer.answered(request, model, usage, timings());
    }
  }

  void failed(ModelFailure failure) {
    if (end(held -> held.failed(failure), false) && model != null) {
      observer.failed(request, model, usage, timings());
    }
  }

  /** Given up by the caller, which says nothing about the server. */
  void abandoned() {
    if (end(Slot::abandoned, false) && model != null && firstSlotAt != 0) {
      observer.failed(request, model, usage, timings());
    }
  }

  private boolean end(Consumer<Slot> outcome, boolean answered) {
    if (ended) {
      return false;
    }
    ended = true;
    if (usage != null) {
      reservation.end(usage.promptTokens() + usage.completionTokens());
    } else if (answered || firstTokenAt != 0) {
      reservation.endUncounted();
    } else {
      reservation.end(0);
    }
    if (slot != null) {
      outcome.accept(slot);
    }
    return true;
  }
}
