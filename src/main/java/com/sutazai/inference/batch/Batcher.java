package com.sutazai.inference.batch;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.platform.breaker.CircuitBreaker;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Notifications;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request a slot of a server that has its model: at once while one is free, else in fair
 * order. There is no window in which requests are gathered: a server that works on several at once
 * takes a new one between two tokens, and waiting for company only adds to the first one's time.
 */
@Singleton
public class Batcher {
  private static final Duration BULK_PATIENCE = Duration.ofDays(1);

  /** After which who waits looks whether a server may be asked again that failed meanwhile. */
  private static final Duration LONGEST_STEP = Duration.ofSeconds(5);

  private final BatchConfig config;
  private final Map<Backend, Lane> lanes = new LinkedHashMap<>();
  private final BatchMetrics metrics;
  private final IntSupplier processes;
  private final ReentrantLock lock = new ReentrantLock();
  private final FairQueue interactive;
  private final FairQueue bulk;
  private final ServiceTime serviceTime = new ServiceTime();
  private final Conversations conversations = new Conversations();

  /** Slots that leases have, and those that the first in line for a lease waits for. */
  private long reserved;

  private long wanted;
  private volatile Runnable freed = () -> {};

  @Inject
  Batcher(
      BatchConfig config,
      BackendConfig limits,
      Backends backends,
      Notifications processes,
      BatchMetrics metrics) {
    this(
        config,
        backends.all().stream()
            .map(server -> new Lane(server, limits.maxSlots(), limits.maxConcurrent()))
            .toList(),
        processes::processes,
        metrics);
  }

  /** For these servers, which are shared by so many processes. */
  Batcher(BatchConfig config, List<Lane> servers, IntSupplier processes, BatchMetrics metrics) {
    this.config = config;
    this.processes = processes;
    this.metrics = metrics;
    interactive = new FairQueue(config.quantum());
    bulk = new FairQueue(config.quantum());
    for (Lane lane : servers) {
      lanes.put(lane.server(), lane);
      metrics.observe(lane, processes);
    }
    metrics.observe(this);
  }

  /**
   * Waits for a slot. Work that is interrupted while it waits leaves the queue.
   *
   * @throws ProblemException 503 {@code model_busy} when too much waits or it would take too long,
   *     {@code model_unavailable} when no server of the model can be asked
   */
  public Slot take(Work work) throws InterruptedException {
    Waiter waiter;
    lock.lock();
    try {
      // Looked at once: who is put to wait for a probe that has just become due waits for nobody.
      List<Lane> usable = usable(work);
      Lane lane = choose(work, usable);
      Slot slot = lane == null ? null : occupy(lane, work);
      if (slot != null) {
        return slot;
      }
      waiter = enqueue(work, usable);
    } finally {
      lock.unlock();
    }
    return await(waiter);
  }

  /**
   * A slot for trying a request at a second server while the first one is at work on it. There is
   * none for it but at once, at a server of the first one's tier that is well, and the last free
   * one of several is not for it.
   */
  public Optional<Slot> takeBeside(Work work, Backend first) {
    lock.lock();
    try {
      Lane best = null;
      for (Backend server : work.servers()) {
        Lane lane = lanes.get(server);
        if (lane != null
            && isUnreserved()
            && server != first
            && server.tier() == first.tier()
            && server.breaker().state() == CircuitBreaker.State.CLOSED
            && lane.hasRoomToSpare(processes.getAsInt())
            && (best == null || lane.isBetterThan(best, processes.getAsInt()))) {
          best = lane;
        }
      }
      return best == null ? Optional.empty() : Optional.ofNullable(enter(best, work));
    } finally {
      lock.unlock();
    }
  }

  /** Says that this server answered in place of the one that the request went to. */
  public void moved(Work work, Backend server) {
    lock.lock();
    try {
      conversations.went(work.conversation(), server);
    } finally {
      lock.unlock();
    }
  }

  /** The share of an owner beside the others. */
  public int weight(String owner) {
    return Math.max(1, config.weights().getOrDefault(owner, 1));
  }

  /** How long a request may wait; bulk work has its own deadline. */
  public Duration patience(boolean ofBulk) {
    return ofBulk ? BULK_PATIENCE : config.maxWait();
  }

  /** Requests that wait for a slot. */
  public int waiting() {
    lock.lock();
    try {
      return size();
    } finally {
      lock.unlock();
    }
  }

  private int size() {
    return interactive.size() + bulk.size();
  }

  private FairQueue queueOf(Work work) {
    return work.bulk() ? bulk : interactive;
  }

  /** The server that a request goes to now; null when it has to wait. */
  private @Nullable Lane choose(Work work) {
    return choose(work, usable(work));
  }

  private @Nullable Lane choose(Work work, List<Lane> usable) {
    if (!isUnreserved()) {
      return null;
    }
    int tier = usable.stream().mapToInt(lane -> lane.server().tier()).min().orElse(0);
    Lane usual = lanes.get(conversations.usual(work.conversation()));
    Lane best = null;
    for (Lane lane : usable) {
      if (lane.server().tier() == tier && lane.hasRoom(work.bulk(), processes.getAsInt())) {
        if (lane == usual) {
          return lane;
        }
        best = best == null || lane.isBetterThan(best, processes.getAsInt()) ? lane : best;
      }
    }
    return best;
  }

  private List<Lane> usable(Work work) {
    List<Lane> usable = new ArrayList<>(work.servers().size());
    for (Backend server : work.servers()) {
      Lane lane = lanes.get(server);
      if (lane != null && server.breaker().allows()) {
        usable.add(lane);
      }
    }
    return usable;
  }

  private @Nullable Slot occupy(Lane lane, Work work) {
    Slot slot = enter(lane, work);
    if (slot != null) {
      conversations.went(work.conversation(), lane.server());
    }
    return slot;
  }

  private @Nullable Slot enter(Lane lane, Work work) {
    CircuitBreaker.@Nullable Permit permit = lane.server().breaker().tryAcquire().orElse(null);
    if (permit == null) {
      return null;
    }
    lane.take(work.bulk());
    metrics.dispatched(lane.used());
    return new Slot(this, lane, work.bulk(), permit);
  }

  private Waiter enqueue(Work work, List<Lane> usable) {
    if (usable.isEmpty()) {
      throw unavailable(work);
    }
    FairQueue queue = queueOf(work);
    requireRoom(work, queue, usable);
    Waiter waiter = new Waiter(work);
    queue.add(waiter);
    usable.forEach(lane -> lane.measure(true, processes.getAsInt()));
    return waiter;
  }

  private void requireRoom(Work work, FairQueue queue, List<Lane> usable) {
    Duration estimate = estimate(work, queue, usable);
    int size = queue.size();
    String why = null;
    if (size >= config.maxWaiting()) {
      why = size + " requests wait for the model already (sutazai.inference.max-waiting).";
    } else if (size > 0 && work.tokens() > leftTo(work.caller(), queue)) {
      why =
          queue.tokens()
              + " tokens wait for the model already, "
              + queue.tokens(work.caller())
              + " of them yours (sutazai.inference.max-waiting-tokens).";
    } else if (estimate.compareTo(work.patience()) > 0) {
      why =
          "A free place at the model would come in about "
              + Math.max(1, estimate.toSeconds())
              + " s, later than this request waits ("
              + work.patience().toSeconds()
              + " s; at most sutazai.inference.max-wait).";
    }
    if (why != null) {
      metrics.refused();
      throw new ProblemException(ErrorCode.MODEL_BUSY, why).retryAfter(estimate);
    }
  }

  /**
   * Tokens that this caller may add: its own may be as many as are free after that. So one alone
   * fills half of the queue, the next one half of the rest, and a newcomer always finds room.
   */
  private long leftTo(UUID caller, FairQueue queue) {
    return config.maxWaitingTokens() - queue.tokens() - queue.tokens(caller);
  }

  /** What is ahead of a new request, served at the measured pace by the slots that there are. */
  private Duration estimate(Work work, FairQueue queue, List<Lane> usable) {
    int ahead = queue.before(work.caller(), work.weight()) + 1;
    int slots = usable.stream().mapToInt(lane -> lane.slots(processes.getAsInt())).sum();
    return serviceTime.of(ahead + (work.bulk() ? interactive.size() : 0), slots);
  }

  private static ProblemException unavailable(Work work) {
    Duration wait =
        work.servers().stream()
            .map(server -> server.breaker().untilProbe())
            .min(Duration::compareTo)
            .orElseThrow();
    return new ProblemException(
            ErrorCode.MODEL_UNAVAILABLE,
            "The model server "
                + String.join(", ", work.servers().stream().map(Backend::where).toList())
                + " failed repeatedly and is left alone until it is probed again.")
        .retryAfter(wait);
  }

  private Slot await(Waiter waiter) throws InterruptedException {
    Duration patience = waiter.work().patience();
    try {
      return awaitInSteps(waiter, System.nanoTime() + patience.toNanos());
    } catch (TimeoutException e) {
      Optional<Duration> estimate = giveUp(waiter);
      if (estimate.isPresent()) {
        metrics.refused();
        throw new ProblemException(
                ErrorCode.MODEL_BUSY,
                "No place at the model became free within "
                    + patience.toSeconds()
                    + " s, as long as this request waits (at most sutazai.inference.max-wait).")
            .retryAfter(estimate.get());
      }
      return granted(waiter);
    } catch (InterruptedException e) {
      if (!withdraw(waiter)) {
        waiter.slot().thenAccept(Slot::abandoned);
      }
      throw e;
    } catch (ExecutionException e) {
      throw told(e);
    }
  }

  /** Nobody says when the pause of a server ends that was left alone: who waits looks then. */
  private Slot awaitInSteps(Waiter waiter, long end)
      throws InterruptedException, ExecutionException, TimeoutException {
    while (true) {
      long left = end - System.nanoTime();
      long step = Math.min(left, untilLook(waiter.work()).toNanos());
      try {
        return waiter.slot().get(step, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (step >= left) {
          throw e;
        }
        goOn(waiter.work());
      }
    }
  }

  private static Duration untilLook(Work work) {
    if (work.servers().size() == 1) {
      return work.patience(); // when that one is left alone, its waiters are told
    }
    return work.servers().stream()
        .filter(server -> server.breaker().state() != CircuitBreaker.State.CLOSED)
        .map(server -> server.breaker().untilProbe())
        .min(Duration::compareTo)
        .filter(probe -> probe.compareTo(LONGEST_STEP) < 0)
        .orElse(LONGEST_STEP);
  }

  private void goOn(Work work) {
    if (work.servers().stream().noneMatch(Batcher::isToBeProbed)) {
      return;
    }
    lock.lock();
    try {
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isToBeProbed(Backend server) {
    return server.breaker().state() == CircuitBreaker.State.OPEN && server.breaker().allows();
  }

  private static Slot granted(Waiter waiter) throws InterruptedException {
    try {
      return waiter.slot().get();
    } catch (ExecutionException e) {
      throw told(e);
    }
  }

  private static RuntimeException told(ExecutionException e) {
    return e.getCause() instanceof ProblemException problem
        ? problem
        : new IllegalStateException(e.getCause());
  }

  /** Takes it out of the queue; false when its place was decided already. */
  private boolean withdraw(Waiter waiter) {
    lock.lock();
    try {
      return queueOf(waiter.work()).remove(waiter);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes it out of the queue; how long it would take now who came again, empty when its place was
   * decided already.
   */
  private Optional<Duration> giveUp(Waiter waiter) {
    lock.lock();
    try {
      Work work = waiter.work();
      FairQueue queue = queueOf(work);
      return queue.remove(waiter)
          ? Optional.of(estimate(work, queue, usable(work)))
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  void served(long nanos) {
    serviceTime.add(nanos);
  }

  void leave(Lane lane, boolean ofBulk, boolean overloaded) {
    lock.lock();
    try {
      lane.leave(ofBulk);
      if (overloaded) {
        lane.overloaded();
      }
      dispatch();
      lane.measure(size() > 0, processes.getAsInt());
      dispatch();
      failStranded();
    } finally {
      lock.unlock();
    }
    freed.run();
  }

  private void dispatch() {
    while (size() > 0 && anyRoom()) {
      Waiter next = interactive.take(this::canGo);
      if (next == null) {
        next = bulk.take(this::canGo);
      }
      if (next == null || !grant(next)) {
        return;
      }
    }
  }

  private boolean canGo(Waiter waiter) {
    return choose(waiter.work()) != null;
  }

  private boolean anyRoom() {
    return isUnreserved()
        && lanes.values().stream().anyMatch(lane -> lane.hasRoom(false, processes.getAsInt()));
  }

  /** Whether a slot is free that no lease has or waits for. */
  private boolean isUnreserved() {
    long held = reserved + wanted;
    return held == 0 || free() > held;
  }

  private long free() {
    int shared = processes.getAsInt();
    return lanes.values().stream().mapToLong(lane -> lane.free(shared)).sum();
  }

  /** All slots of this process. */
  long slots() {
    int shared = processes.getAsInt();
    return lanes.values().stream().mapToLong(lane -> lane.slots(shared)).sum();
  }

  /** Slots that requests have. */
  long used() {
    return lanes.values().stream().mapToLong(Lane::used).sum();
  }

  /** Slots of this server that requests have. */
  public int used(Backend server) {
    Lane lane = lanes.get(server);
    return lane == null ? 0 : lane.used();
  }

  /** Keeps so many slots from requests, if so many are free. */
  boolean tryReserve(long slots) {
    lock.lock();
    try {
      if (free() - reserved < slots) {
        return false;
      }
      reserved += slots;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Lets requests have slots again that were reserved. */
  void unreserve(long slots) {
    lock.lock();
    try {
      reserved -= slots;
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  /** Leaves so many slots, when they become free, to whoever is about to reserve them. */
  void want(long slots) {
    lock.lock();
    try {
      wanted = slots;
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  /** Has the listener called after each request, without the lock. */
  void whenFreed(Runnable listener) {
    freed = listener;
  }

  private boolean grant(Waiter waiter) {
    Lane lane = choose(waiter.work());
    Slot slot = lane == null ? null : occupy(lane, waiter.work());
    if (slot == null) {
      // its breaker gave the only permit to somebody else a moment ago
      queueOf(waiter.work()).add(waiter);
      return false;
    }
    waiter.slot().complete(slot);
    return true;
  }

  /** Those whose servers are all left alone now are told so, instead of waiting for them. */
  private void failStranded() {
    if (lanes.keySet().stream().allMatch(server -> server.breaker().allows())) {
      return;
    }
    Collection<Waiter> stranded = new ArrayList<>();
    for (FairQueue queue : List.of(interactive, bulk)) {
      queue.forEach(
          waiter -> {
            if (usable(waiter.work()).isEmpty()) {
              stranded.add(waiter);
            }
          });
    }
    for (Waiter waiter : stranded) {
      queueOf(waiter.work()).remove(waiter);
      waiter.slot().completeExceptionally(unavailable(waiter.work()));
    }
  }
}
