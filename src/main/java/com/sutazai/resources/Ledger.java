package com.sutazai.resources;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.resources.LedgerMetrics.Outcome;
import com.sutazai.resources.Line.Waiter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of what is leased: one lock around a {@link Book}, and the patience of those who wait.
 * Nothing is leased past the limits of its policy: what does not fit waits, or is refused.
 */
@ApplicationScoped
public class Ledger {
  /**
   * How long a waiter relies on being told, as what is measured changes without a word, and how
   * long the end of a lease is slept for, as clocks are set.
   */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Stock stock;
  private final Policies policies;
  private final LedgerConfig config;
  private final InstantSource clock;
  private final LedgerMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Book book;
  private final List<Runnable> whenFreed = new CopyOnWriteArrayList<>();
  private final Bell sooner = new Bell();
  private Instant awaitedEnd = Instant.MAX;
  private volatile boolean anyoneWaits;
  private @Nullable Loop ends;

  Ledger(
      Stock stock,
      Policies policies,
      LedgerConfig config,
      InstantSource clock,
      LedgerMetrics metrics) {
    this.stock = stock;
    this.policies = policies;
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
    book = new Book(stock, config, clock, metrics);
    for (ResourceType type : ResourceType.values()) {
      stock.supply(type).ifPresent(supply -> supply.whenFree(() -> serveIfAnyoneWaits(type)));
    }
  }

  void start(@Observes StartupEvent event) {
    ends = Loop.start("resource-leases", this::endInTime);
  }

  void stop(@Observes ShutdownEvent event) {
    if (ends != null) {
      ends.stop();
    }
  }

  /** Gives back what is leased no longer, though nobody looks; sleeps while nothing is leased. */
  private void endInTime() throws InterruptedException {
    Set<ResourceType> expired = EnumSet.noneOf(ResourceType.class);
    Instant next =
        locked(
            () -> {
              expired.addAll(book.expired());
              awaitedEnd = book.nextEnd();
              return awaitedEnd;
            });
    if (!expired.isEmpty()) {
      expired.forEach(this::serveIfAnyoneWaits);
      whenFreed.forEach(Runnable::run);
    }
    if (next.equals(Instant.MAX)) {
      sooner.await();
    } else {
      sooner.await(Duration.ofNanos(until(next)));
    }
  }

  Limits limits(ResourceType type) {
    return Limits.of(type, stock.of(type), policies.of(type));
  }

  private Map<ResourceType, Limits> limits(Needs needs) {
    Map<ResourceType, Limits> limits = new EnumMap<>(ResourceType.class);
    needs.units().keySet().forEach(type -> limits.put(type, limits(type)));
    return limits;
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      anyoneWaits = book.anyoneWaits();
      if (book.nextEnd().isBefore(awaitedEnd)) {
        awaitedEnd = book.nextEnd();
        sooner.ring();
      }
      lock.unlock();
    }
  }

  /**
   * Leases, at once or after waiting as long as it is asked to. Who asks again with the id of a
   * lease of its own gets that one.
   *
   * @throws ProblemException 409 {@code resource_limit} when there can never be so much, 503 {@code
   *     resource_busy} when there is not now
   */
  public Lease lease(Ask ask) throws InterruptedException {
    Limits limits = limits(ask.type());
    Refusal.requirePossible(ask, limits, policies.of(ask.type()));
    var waiter = new Waiter(ask, new CompletableFuture<>());
    Optional<Lease> lease = locked(() -> book.leaseOrWait(waiter, limits));
    return lease.isPresent() ? lease.get() : await(waiter);
  }

  private Lease await(Waiter waiter) throws InterruptedException {
    ResourceType type = waiter.ask().type();
    long deadline = System.nanoTime() + waiter.ask().patience().toNanos();
    try {
      while (true) {
        long left = deadline - System.nanoTime();
        try {
          return waiter.lease().get(Math.min(left, untilChange(type)), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          serve(type);
          if (System.nanoTime() - deadline >= 0 && withdraw(waiter)) {
            Limits limits = limits(type);
            throw locked(() -> book.refuse(waiter.ask(), limits));
          }
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ProblemException problem
          ? problem
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      if (!withdraw(waiter)) {
        var _ = waiter.lease().thenAccept(this::end);
      }
      throw e;
    }
  }

  private long untilChange(ResourceType type) {
    return until(locked(() -> book.nextEnd(type)));
  }

  private long until(Instant next) {
    Instant now = clock.instant();
    Duration wait = next.isAfter(now.plus(LOOK_AGAIN)) ? LOOK_AGAIN : Duration.between(now, next);
    return Math.clamp(wait.toNanos(), 1_000_000, LOOK_AGAIN.toNanos());
  }

  private boolean withdraw(Waiter waiter) {
    Limits limits = limits(waiter.ask().type());
    return locked(() -> book.withdraw(waiter, limits));
  }

  /** Gives what is free to those who wait. */
  void serve(ResourceType type) {
    Limits limits = limits(type);
    locked(
        () -> {
          book.serve(type, limits);
          return type;
        });
  }

  private void serveIfAnyoneWaits(ResourceType type) {
    if (anyoneWaits) {
      serve(type);
    }
  }

  /** The owner's leases, the newest first. */
  public List<Lease> leases(UUID owner) {
    return locked(() -> book.leases(owner));
  }

  /** Ends a lease of the owner's; false when there is none. */
  public boolean release(UUID owner, UUID id) {
    return leases(owner).stream().filter(each -> each.id().equals(id)).anyMatch(this::end);
  }

  private boolean end(Lease lease) {
    boolean ended = locked(() -> book.account(lease.type()).release(lease));
    if (ended) {
      metrics.count(lease.type(), Outcome.RELEASED);
      serveIfAnyoneWaits(lease.type());
      whenFreed.forEach(Runnable::run);
    }
    return ended;
  }

  /** What tasks of an agent take before they start. */
  public Allowance allowance(String agent, Needs declared) {
    Needs needs = Needs.set(config.needs().get(agent), agent, declared);
    return needs.units().isEmpty() ? Allowance.FREE : new AgentAllowance(this, agent, needs);
  }

  /** What a task took of all that it needs; empty when something is not there. */
  Optional<Map<ResourceType, Long>> take(String share, Needs needs) {
    Map<ResourceType, Limits> limits = limits(needs);
    return locked(() -> book.take(share, needs, limits));
  }

  /** How many tasks with these needs could start now. */
  int room(String share, Needs needs) {
    Map<ResourceType, Limits> limits = limits(needs);
    return locked(() -> book.room(share, needs, limits));
  }

  /** Returns what a task took. */
  void giveBack(String share, Map<ResourceType, Long> taken) {
    locked(
        () -> {
          taken.forEach((type, units) -> book.account(type).tasks(share, -units));
          return taken;
        });
    taken.keySet().forEach(this::serveIfAnyoneWaits);
    whenFreed.forEach(Runnable::run);
  }

  /** Has it run, quickly, after each end of a lease or of a task that took something. */
  public void whenFreed(Runnable run) {
    whenFreed.add(run);
  }

  /**
   * How one resource stands, in units.
   *
   * @param waiting requests for leases that wait
   */
  record Standing(Limits limits, long leased, long byTasks, int waiting) {}

  /** How one resource stands now. */
  Standing standing(ResourceType type) {
    Limits limits = limits(type);
    return locked(
        () -> {
          Account account = book.account(type);
          return new Standing(limits, account.leased(), account.byTasks(), book.line(type).size());
        });
  }
}
