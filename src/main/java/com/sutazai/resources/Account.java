package com.sutazai.resources;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who has how much of one resource. Not safe for several threads. */
final class Account {
  /** The least urgent first, and of those the newest. */
  private static final Comparator<Lease> FIRST_TO_GO =
      Comparator.comparingInt(Lease::priority)
          .thenComparing(Lease::createdAt, Comparator.reverseOrder());

  private final @Nullable Supply supply;
  private final Map<UUID, Lease> leases = new LinkedHashMap<>();
  private final Map<String, Long> byShare = new HashMap<>();
  private final Map<UUID, Long> byOwner = new HashMap<>();
  private long leased;
  private long byTasks;
  private Instant nextEnd = Instant.MAX;

  Account(@Nullable Supply supply) {
    this.supply = supply;
  }

  /** Why something is not to be had now. */
  enum Obstacle {
    /** Nothing stands in the way. */
    NONE,
    /** The holder has its share. */
    HOLDER,
    /** Others have it. */
    OTHERS,
    /** It is not leased, and yet not there. */
    MEASURED
  }

  /** Units that are leased or used by tasks. */
  long inUse() {
    return leased + byTasks;
  }

  long leased() {
    return leased;
  }

  long byTasks() {
    return byTasks;
  }

  int size() {
    return leases.size();
  }

  Collection<Lease> leases() {
    return leases.values();
  }

  /** When the next lease ends by itself; {@link Instant#MAX} when there is none. */
  Instant nextEnd() {
    return nextEnd;
  }

  long of(UUID owner) {
    return byOwner.getOrDefault(owner, 0L);
  }

  Optional<Lease> find(UUID owner, UUID id) {
    return Optional.ofNullable(leases.get(id)).filter(each -> each.holder().owner().equals(owner));
  }

  private Obstacle obstacle(String share, long units, long freed, Limits limits) {
    if (byShare.getOrDefault(share, 0L) + units > limits.holder()) {
      return Obstacle.HOLDER;
    }
    if (inUse() - freed + units > limits.total()) {
      return Obstacle.OTHERS;
    }
    return units > limits.free() ? Obstacle.MEASURED : Obstacle.NONE;
  }

  /**
   * What a lease took.
   *
   * @param obstacle anything but {@code NONE} when it was not granted
   * @param preempted what had to make way
   */
  record Granting(Obstacle obstacle, List<Lease> preempted) {
    static Granting refused(Obstacle obstacle) {
      return new Granting(obstacle, List.of());
    }
  }

  /** Grants it if there is enough, or would be without what may be preempted for it. */
  Granting grant(Ask ask, Limits limits, Instant now) {
    List<Lease> victims = victims(ask, limits);
    long freed = units(victims);
    Obstacle obstacle = obstacle(ask.holder().share(), ask.units(), freed, limits);
    if (obstacle != Obstacle.NONE) {
      return Granting.refused(obstacle);
    }
    if (!move(ask.units() - freed)) {
      return Granting.refused(Obstacle.OTHERS);
    }
    victims.forEach(this::forget);
    Lease lease = ask.granted(now);
    leases.put(lease.id(), lease);
    add(lease, 1);
    nextEnd = lease.expiresAt().isBefore(nextEnd) ? lease.expiresAt() : nextEnd;
    return new Granting(Obstacle.NONE, victims);
  }

  /** What makes room for it, the least urgent first; none when it has room or that would not do. */
  private List<Lease> victims(Ask ask, Limits limits) {
    List<Lease> victims = new ArrayList<>();
    long missing = inUse() + ask.units() - limits.total();
    if (supply != null) {
      missing = Math.max(missing, ask.units() - (supply.capacity() - supply.used() - leased));
    }
    List<Lease> mayGo =
        leases.values().stream()
            .filter(each -> each.preemptible() && each.priority() < ask.priority())
            .sorted(FIRST_TO_GO)
            .toList();
    for (Lease lease : mayGo) {
      if (missing <= 0) {
        break;
      }
      victims.add(lease);
      missing -= lease.units();
    }
    return missing <= 0 ? victims : List.of();
  }

  private static long units(List<Lease> leases) {
    return leases.stream().mapToLong(Lease::units).sum();
  }

  /** Takes so much more from the supply, or returns it; false when it has not so much. */
  private boolean move(long units) {
    if (supply == null || units == 0) {
      return true;
    }
    if (units > 0) {
      return supply.tryReserve(units);
    }
    supply.giveBack(-units);
    return true;
  }

  /** Ends a lease; false when it had ended. */
  boolean release(Lease lease) {
    if (!leases.containsKey(lease.id())) {
      return false;
    }
    forget(lease);
    move(-lease.units());
    return true;
  }

  private void forget(Lease lease) {
    leases.remove(lease.id());
    nextEnd = leases.isEmpty() ? Instant.MAX : nextEnd;
    add(lease, -1);
  }

  private void add(Lease lease, int sign) {
    leased += sign * lease.units();
    add(byShare, lease.holder().share(), sign * lease.units());
    add(byOwner, lease.holder().owner(), sign * lease.units());
  }

  private static <K> void add(Map<K, Long> sums, K key, long units) {
    sums.merge(key, units, (before, more) -> before + more == 0 ? null : before + more);
  }

  /** Ends the leases whose time is over; those. */
  List<Lease> expire(Instant now) {
    if (now.isBefore(nextEnd)) {
      return List.of();
    }
    List<Lease> ended =
        leases.values().stream().filter(each -> !now.isBefore(each.expiresAt())).toList();
    ended.forEach(this::release);
    nextEnd =
        leases.values().stream().map(Lease::expiresAt).min(Instant::compareTo).orElse(Instant.MAX);
    return ended;
  }

  /** How many times a task could take so much. */
  long room(String share, long units, Limits limits) {
    if (obstacle(share, units, 0, limits) != Obstacle.NONE) {
      return 0;
    }
    return Math.min(limits.total() - inUse(), limits.holder() - byShare.getOrDefault(share, 0L))
        / units;
  }

  /** Changes what tasks have. */
  void tasks(String share, long units) {
    byTasks += units;
    add(byShare, share, units);
  }
}
