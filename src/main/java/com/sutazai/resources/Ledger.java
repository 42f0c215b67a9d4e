package com.sutazai.resources;

import static com.sutazai.resources.LedgerMetrics.Outcome.DISPLACED;
import static com.sutazai.resources.LedgerMetrics.Outcome.EXPIRED;
import static com.sutazai.resources.LedgerMetrics.Outcome.GRANTED;
import static com.sutazai.resources.LedgerMetrics.Outcome.PREEMPTED;
import static com.sutazai.resources.LedgerMetrics.Outcome.REFUSED;
import static com.sutazai.resources.LedgerMetrics.Outcome.RELEASED;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.resources.Account.Granting;
import com.sutazai.resources.Account.Obstacle;
import com.sutazai.resources.Line.Waiter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The ledger of what is leased. One lock guards all of it; what is called with the lock held is
 * named so or belongs to {@link Account} and {@link Line}, which know no lock. Nothing is leased
 * past the limits of its policy: what does not fit waits, or is refused.
 */
@ApplicationScoped
public class Ledger {
  /** How long a waiter relies on being told: what is measured changes without a word. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Stock stock;
  private final Policies policies;
  private final LedgerConfig config;
  private final InstantSource clock;
  private final LedgerMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<ResourceType, Account> accounts = new EnumMap<>(ResourceType.class);
  private final Map<ResourceType, Line> lines = new EnumMap<>(ResourceType.class);
  private volatile boolean anyoneWaits;

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
    for (ResourceType type : ResourceType.values()) {
      Optional<Supply> supply = stock.supply(type);
      accounts.put(type, new Account(type, supply.orElse(null)));
      lines.put(type, new Line(config.maxWaiting()));
      supply.ifPresent(
          each ->
              each.whenFree(
                  () -> {
                    if (anyoneWaits) {
                      dispatch(type);
                    }
                  }));
    }
  }

  private Account account(ResourceType type) {
    return Objects.requireNonNull(accounts.get(type));
  }

  private Line line(ResourceType type) {
    return Objects.requireNonNull(lines.get(type));
  }

  Limits limits(ResourceType type) {
    return Limits.of(type, stock.of(type), policies.of(type));
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
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
    Optional<Lease> lease = locked(() -> leaseOrWait(waiter, limits));
    return lease.isPresent() ? lease.get() : await(waiter);
  }

  /** With the lock held. */
  private Optional<Lease> leaseOrWait(Waiter waiter, Limits limits) {
    Ask ask = waiter.ask();
    expire(ask.type());
    Account account = account(ask.type());
    Optional<Lease> known = account.find(ask.holder().owner(), ask.id());
    if (known.isPresent()) {
      return known;
    }
    if (accounts.values().stream().mapToInt(Account::size).sum() >= config.maxLeases()) {
      throw refused(ask, Refusal.tooManyLeases(config.maxLeases()));
    }
    Line line = line(ask.type());
    Obstacle obstacle = Obstacle.OTHERS;
    if (!line.isBefore(ask.priority())) {
      obstacle = grant(ask, limits);
      if (obstacle == Obstacle.NONE) {
        return account.find(ask.holder().owner(), ask.id());
      }
    }
    if (ask.patience().isZero() || !line.hasRoom(ask.priority())) {
      throw refused(ask, busy(ask, obstacle, limits));
    }
    line.add(waiter).ifPresent(this::displace);
    waitersChanged(ask.type(), limits);
    return Optional.empty();
  }

  /** With the lock held. */
  private Obstacle grant(Ask ask, Limits limits) {
    Granting granting = account(ask.type()).grant(ask, limits, clock.instant());
    if (granting.obstacle() == Obstacle.NONE) {
      metrics.count(ask.type(), GRANTED);
      granting.preempted().forEach(each -> metrics.count(each.type(), PREEMPTED));
    }
    return granting.obstacle();
  }

  private void displace(Waiter waiter) {
    metrics.count(waiter.ask().type(), DISPLACED);
    waiter.lease().completeExceptionally(Refusal.displaced(waiter.ask()));
  }

  private ProblemException refused(Ask ask, ProblemException problem) {
    metrics.count(ask.type(), REFUSED);
    return problem;
  }

  /** With the lock held. */
  private ProblemException busy(Ask ask, Obstacle obstacle, Limits limits) {
    Account account = account(ask.type());
    Instant next = account.nextEnd();
    Duration untilNext =
        next.equals(Instant.MAX) ? Duration.ZERO : Duration.between(clock.instant(), next);
    return Refusal.busy(ask, obstacle, limits, account.inUse(), line(ask.type()).size(), untilNext);
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
          dispatch(type);
          if (System.nanoTime() - deadline >= 0 && withdraw(waiter)) {
            Limits limits = limits(type);
            throw refused(waiter.ask(), locked(() -> busy(waiter.ask(), Obstacle.OTHERS, limits)));
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
    Instant next = locked(() -> account(type).nextEnd());
    Duration wait = next.equals(Instant.MAX) ? LOOK_AGAIN : Duration.between(clock.instant(), next);
    return Math.clamp(wait.toNanos(), 1_000_000, LOOK_AGAIN.toNanos());
  }

  /** Takes it out of its line; false when its lease was decided already. */
  private boolean withdraw(Waiter waiter) {
    ResourceType type = waiter.ask().type();
    Limits limits = limits(type);
    return locked(
        () -> {
          boolean waited = line(type).remove(waiter);
          waitersChanged(type, limits);
          return waited;
        });
  }

  /** Gives what is free to those who wait. */
  private void dispatch(ResourceType type) {
    Limits limits = limits(type);
    locked(
        () -> {
          expire(type);
          serve(type, limits);
          return true;
        });
  }

  /** With the lock held. */
  private void waitersChanged(ResourceType type, Limits limits) {
    serve(type, limits);
    anyoneWaits = lines.values().stream().anyMatch(line -> line.size() > 0);
  }

  /**
   * With the lock held: serves those who wait, in order. Who has its own share lets others pass;
   * behind any other, everybody waits, so that a large lease is not passed for ever.
   */
  private void serve(ResourceType type, Limits limits) {
    Line line = line(type);
    Account account = account(type);
    long wanted = 0;
    boolean served = true;
    while (served) {
      served = false;
      wanted = 0;
      for (Waiter waiter : line.inOrder(account::of)) {
        Obstacle obstacle = grant(waiter.ask(), limits);
        if (obstacle == Obstacle.NONE) {
          line.remove(waiter);
          Ask ask = waiter.ask();
          account.find(ask.holder().owner(), ask.id()).ifPresent(waiter.lease()::complete);
          served = true;
          break; // who has least of it is another one now
        }
        if (obstacle != Obstacle.HOLDER) {
          wanted = waiter.ask().units();
          break;
        }
      }
    }
    long units = wanted;
    stock.supply(type).ifPresent(supply -> supply.want(units));
    anyoneWaits = lines.values().stream().anyMatch(each -> each.size() > 0);
  }

  /** With the lock held. */
  private void expire(ResourceType type) {
    account(type).expire(clock.instant()).forEach(each -> metrics.count(type, EXPIRED));
  }

  /** The owner's leases, the newest first. */
  public List<Lease> leases(UUID owner) {
    return locked(
        () ->
            accounts.values().stream()
                .peek(account -> expire(account.type()))
                .flatMap(account -> account.leases().stream())
                .filter(each -> each.holder().owner().equals(owner))
                .sorted((one, other) -> other.id().compareTo(one.id()))
                .toList());
  }

  /** Ends a lease of the owner's; false when there is none. */
  public boolean release(UUID owner, UUID id) {
    return leases(owner).stream().filter(each -> each.id().equals(id)).anyMatch(this::end);
  }

  private boolean end(Lease lease) {
    boolean ended = locked(() -> account(lease.type()).release(lease));
    if (ended) {
      metrics.count(lease.type(), RELEASED);
      dispatch(lease.type());
    }
    return ended;
  }

  /** What tasks of an agent take before they start. */
  public Allowance allowance(String agent, Needs declared) {
    Needs needs = Needs.set(config.needs().get(agent), agent, declared);
    return needs.units().isEmpty() ? Allowance.FREE : new AgentAllowance(this, agent, needs);
  }

  /**
   * Takes all that a task needs, or nothing. Who needs more than one holder may have gets that: it
   * runs alone instead of never.
   *
   * @return what was taken; empty when something is not there
   */
  Optional<Map<ResourceType, Long>> take(String share, Needs needs) {
    Map<ResourceType, Limits> limits = limits(needs);
    return locked(
        () -> {
          if (room(share, needs, limits) == 0) {
            return Optional.empty();
          }
          Map<ResourceType, Long> taken = new EnumMap<>(ResourceType.class);
          limits.forEach((type, limit) -> taken.put(type, units(needs, type, limit)));
          taken.forEach((type, units) -> account(type).tasks(share, units));
          return Optional.of(taken);
        });
  }

  /** How many tasks with these needs could start now. */
  int room(String share, Needs needs) {
    Map<ResourceType, Limits> limits = limits(needs);
    return locked(() -> room(share, needs, limits));
  }

  private int room(String share, Needs needs, Map<ResourceType, Limits> limits) {
    long room = Integer.MAX_VALUE;
    for (Map.Entry<ResourceType, Limits> each : limits.entrySet()) {
      ResourceType type = each.getKey();
      expire(type);
      long units = units(needs, type, each.getValue());
      room =
          units == 0 || line(type).size() > 0
              ? 0
              : Math.min(room, account(type).room(share, units, each.getValue()));
      if (room == 0) {
        return 0;
      }
    }
    return (int) room;
  }

  private Map<ResourceType, Limits> limits(Needs needs) {
    Map<ResourceType, Limits> limits = new EnumMap<>(ResourceType.class);
    needs.units().keySet().forEach(type -> limits.put(type, limits(type)));
    return limits;
  }

  private static long units(Needs needs, ResourceType type, Limits limits) {
    return Math.min(needs.units().getOrDefault(type, 0L), limits.holder());
  }

  /** Returns what a task took. */
  void giveBack(String share, Map<ResourceType, Long> taken) {
    locked(
        () -> {
          taken.forEach((type, units) -> account(type).tasks(share, -units));
          return true;
        });
    if (anyoneWaits) {
      taken.keySet().forEach(this::dispatch);
    }
  }

  /** How one resource stands. */
  Standing standing(ResourceType type) {
    Limits limits = limits(type);
    return locked(
        () -> {
          expire(type);
          Account account = account(type);
          return new Standing(limits, account.leased(), account.byTasks(), line(type).size());
        });
  }

  /** Takes note that the policy has changed: those who wait may have room now. */
  void policyChanged(ResourceType type) {
    dispatch(type);
  }

  /**
   * How one resource stands, in units.
   *
   * @param waiting asks for leases that wait
   */
  record Standing(Limits limits, long leased, long byTasks, int waiting) {}
}
