package com.sutazai.resources;

import static com.sutazai.resources.LedgerMetrics.Outcome.DISPLACED;
import static com.sutazai.resources.LedgerMetrics.Outcome.EXPIRED;
import static com.sutazai.resources.LedgerMetrics.Outcome.GRANTED;
import static com.sutazai.resources.LedgerMetrics.Outcome.PREEMPTED;
import static com.sutazai.resources.LedgerMetrics.Outcome.REFUSED;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.resources.Account.Granting;
import com.sutazai.resources.Account.Obstacle;
import com.sutazai.resources.Line.Waiter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The accounts of all resources, and the lines before them. Not safe for several threads. */
final class Book {
  /** One holder may have so large a part of all leases, however small they are. */
  private static final int LARGEST_SHARE = 4;

  private final LedgerConfig config;
  private final InstantSource clock;
  private final LedgerMetrics metrics;
  private final Map<ResourceType, Entry> entries = new EnumMap<>(ResourceType.class);

  /** Of which leases have ended by time, as whoever looked has seen. */
  private final EnumSet<ResourceType> expired = EnumSet.noneOf(ResourceType.class);

  /** Types of which somebody waits for what others have. */
  private final Set<ResourceType> wanted = EnumSet.noneOf(ResourceType.class);

  Book(Stock stock, LedgerConfig config, InstantSource clock, LedgerMetrics metrics) {
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
    for (ResourceType type : ResourceType.values()) {
      Optional<Supply> supply = stock.supply(type);
      var account = new Account(supply.orElse(null));
      entries.put(type, new Entry(account, new Line(config.maxWaiting()), supply));
    }
  }

  private record Entry(Account account, Line line, Optional<Supply> supply) {}

  private Entry entry(ResourceType type) {
    return Objects.requireNonNull(entries.get(type));
  }

  /** The account of the type, without leases whose time is over. */
  Account account(ResourceType type) {
    Account account = entry(type).account();
    for (Lease _ : account.expire(clock.instant())) {
      metrics.count(type, EXPIRED);
      expired.add(type);
    }
    return account;
  }

  /** The types of which leases have ended by time since the last call. */
  Set<ResourceType> expired() {
    entries.keySet().forEach(this::account);
    Set<ResourceType> types = EnumSet.copyOf(expired);
    expired.clear();
    return types;
  }

  Line line(ResourceType type) {
    return entry(type).line();
  }

  boolean anyoneWaits() {
    return entries.values().stream().anyMatch(each -> each.line().size() > 0);
  }

  /** When the next lease of the type ends by itself; {@link Instant#MAX} when none does. */
  Instant nextEnd(ResourceType type) {
    return entry(type).account().nextEnd();
  }

  /** When the next lease of any type ends by itself; {@link Instant#MAX} when none does. */
  Instant nextEnd() {
    Instant next = Instant.MAX;
    for (Entry each : entries.values()) {
      Instant end = each.account().nextEnd();
      next = end.isBefore(next) ? end : next;
    }
    return next;
  }

  /** The lease, or else the waiter's place in the line. */
  Optional<Lease> leaseOrWait(Waiter waiter, Limits limits) {
    Ask ask = waiter.ask();
    Account account = account(ask.type());
    Optional<Lease> known = account.find(ask.holder().owner(), ask.id());
    if (known.isPresent()) {
      return known;
    }
    if (entries.values().stream().mapToInt(each -> each.account().size()).sum()
        >= config.maxLeases()) {
      throw refused(ask, Refusal.tooManyLeases(config.maxLeases()));
    }
    int most = Math.max(1, config.maxLeases() / LARGEST_SHARE);
    if (leasesOf(ask.holder()) >= most) {
      throw refused(ask, Refusal.tooManyOfOne(most));
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
    serve(ask.type(), limits);
    return Optional.empty();
  }

  private long leasesOf(Holder holder) {
    return entries.values().stream()
        .flatMap(each -> each.account().leases().stream())
        .filter(lease -> lease.holder().share().equals(holder.share()))
        .count();
  }

  private Obstacle grant(Ask ask, Limits limits) {
    Granting granting = entry(ask.type()).account().grant(ask, limits, clock.instant());
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

  /** Why it is refused after it has waited. */
  ProblemException refuse(Ask ask, Limits limits) {
    return refused(ask, busy(ask, Obstacle.OTHERS, limits));
  }

  private ProblemException busy(Ask ask, Obstacle obstacle, Limits limits) {
    Account account = account(ask.type());
    Instant next = account.nextEnd();
    Duration untilNext =
        next.equals(Instant.MAX) ? Duration.ZERO : Duration.between(clock.instant(), next);
    return Refusal.busy(ask, obstacle, limits, account.inUse(), line(ask.type()).size(), untilNext);
  }

  /** Takes it out of its line; false when its lease was decided already. */
  boolean withdraw(Waiter waiter, Limits limits) {
    boolean waited = line(waiter.ask().type()).remove(waiter);
    serve(waiter.ask().type(), limits);
    return waited;
  }

  /**
   * Serves those who wait, in order. Who has its own share lets others pass; behind any other,
   * everybody waits, so that a large lease is not passed for ever.
   */
  void serve(ResourceType type, Limits limits) {
    Account account = account(type);
    long units = 0;
    boolean served = true;
    while (served) {
      served = false;
      units = 0;
      for (Waiter waiter : line(type).inOrder(account::of)) {
        Obstacle obstacle = grant(waiter.ask(), limits);
        if (obstacle == Obstacle.NONE) {
          granted(waiter, account);
          served = true;
          break; // who has least of it is another one now
        }
        if (obstacle != Obstacle.HOLDER) {
          units = waiter.ask().units();
          break;
        }
      }
    }
    want(type, units);
  }

  private void want(ResourceType type, long units) {
    if (units > 0) {
      wanted.add(type);
    } else {
      wanted.remove(type);
    }
    entry(type).supply().ifPresent(supply -> supply.want(units));
  }

  private void granted(Waiter waiter, Account account) {
    Ask ask = waiter.ask();
    line(ask.type()).remove(waiter);
    account.find(ask.holder().owner(), ask.id()).ifPresent(waiter.lease()::complete);
  }

  /** The owner's leases, the newest first. */
  List<Lease> leases(UUID owner) {
    return entries.keySet().stream()
        .flatMap(type -> account(type).leases().stream())
        .filter(each -> each.holder().owner().equals(owner))
        .sorted((one, other) -> other.id().compareTo(one.id()))
        .toList();
  }

  /**
   * Takes all that a task needs, or nothing. Who needs more than one holder may have gets that: it
   * runs alone instead of never.
   *
   * @return what was taken; empty when something is not there
   */
  Optional<Map<ResourceType, Long>> take(
      String share, Needs needs, Map<ResourceType, Limits> limits) {
    if (room(share, needs, limits) == 0) {
      return Optional.empty();
    }
    Map<ResourceType, Long> taken = new EnumMap<>(ResourceType.class);
    limits.forEach((type, limit) -> taken.put(type, units(needs, type, limit)));
    taken.forEach((type, units) -> account(type).tasks(share, units));
    return Optional.of(taken);
  }

  /**
   * How many tasks with these needs could start now. They pass nobody who waits for what others
   * have, and everybody who has its own share.
   */
  int room(String share, Needs needs, Map<ResourceType, Limits> limits) {
    long room = Integer.MAX_VALUE;
    for (Map.Entry<ResourceType, Limits> each : limits.entrySet()) {
      ResourceType type = each.getKey();
      long units = units(needs, type, each.getValue());
      if (units == 0 || wanted.contains(type)) {
        return 0;
      }
      room = Math.min(room, account(type).room(share, units, each.getValue()));
    }
    return (int) room;
  }

  private static long units(Needs needs, ResourceType type, Limits limits) {
    return Math.min(needs.units().getOrDefault(type, 0L), limits.holder());
  }
}
