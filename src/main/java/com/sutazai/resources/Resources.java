package com.sutazai.resources;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.resources.Ledger.Standing;
import com.sutazai.resources.ResourceStatus.Pressures;
import com.sutazai.resources.ResourceStatus.Resource;
import com.sutazai.resources.Stock.Capacity;
import com.sutazai.resources.machine.Machine;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Resources as callers see them: what there is, and their leases. */
@ApplicationScoped
public class Resources {
  private final Ledger ledger;
  private final Capacities capacities;
  private final Policies policies;
  private final LedgerConfig config;
  private final LedgerMetrics metrics;
  private final Database database;
  private final Ids ids;

  Resources(
      Ledger ledger,
      Capacities capacities,
      Policies policies,
      LedgerConfig config,
      LedgerMetrics metrics,
      Database database,
      Ids ids) {
    this.ledger = ledger;
    this.capacities = capacities;
    this.policies = policies;
    this.config = config;
    this.metrics = metrics;
    this.database = database;
    this.ids = ids;
  }

  void register(@Observes StartupEvent event) {
    metrics.observe(ledger);
  }

  /** The machine that capacities are read from. */
  public Machine machine() {
    return capacities.machine();
  }

  /** How all resources stand now. */
  public ResourceStatus status() {
    Machine machine = machine();
    Map<String, Resource> resources = new LinkedHashMap<>();
    for (ResourceType type : ResourceType.values()) {
      resources.put(type.label(), resource(type));
    }
    OptionalDouble load = machine.load();
    return new ResourceStatus(
        resources,
        new Pressures(
            machine.cpuPressure().orElse(null),
            machine.memoryPressure().orElse(null),
            machine.ioPressure().orElse(null)),
        load.isPresent() ? load.getAsDouble() : null);
  }

  private Resource resource(ResourceType type) {
    Capacity capacity = capacities.of(type);
    Standing standing = ledger.standing(type);
    boolean known = capacity.total().isPresent();
    OptionalLong used = usedByProgram(type);
    long left = standing.limits().total() - standing.leased() - standing.byTasks();
    if (type == ResourceType.MODEL_SLOTS) {
      left = Math.min(left, standing.limits().capacity() - standing.leased() - used.orElse(0));
    }
    return new Resource(
        type.unit(),
        amount(type, capacity.total()),
        known ? type.amount(standing.limits().total()) : null,
        type.amount(standing.leased()),
        type.amount(standing.byTasks()),
        amount(type, used),
        known ? type.amount(Math.clamp(left, 0, standing.limits().free())) : null,
        amount(type, capacity.free()),
        standing.waiting(),
        policies.of(type));
  }

  private OptionalLong usedByProgram(ResourceType type) {
    return switch (type) {
      case MODEL_SLOTS ->
          capacities
              .supply(type)
              .map(supply -> OptionalLong.of(supply.used()))
              .orElse(OptionalLong.empty());
      case DATABASE_CONNECTIONS -> OptionalLong.of(database.connections().used());
      case CPU, MEMORY, GPU, DISK -> OptionalLong.empty();
    };
  }

  private static @Nullable Number amount(ResourceType type, OptionalLong units) {
    return units.isPresent() ? type.amount(units.getAsLong()) : null;
  }

  /** Leases for the caller; see {@link Ledger#lease}. */
  public LeaseView lease(Caller caller, LeaseRequest request) throws InterruptedException {
    return lease(caller, request, ids.next());
  }

  /** Leases under this id, so that asking again is harmless. */
  public LeaseView lease(Caller caller, LeaseRequest request, UUID id) throws InterruptedException {
    return LeaseView.of(ledger.lease(request.check(caller, id, config)));
  }

  /** The caller's leases, the newest first. */
  public List<LeaseView> leases(Caller caller) {
    return ledger.leases(caller.owner()).stream().map(LeaseView::of).toList();
  }

  /** Ends a lease of the caller's; false when it has none of that id. */
  public boolean release(Caller caller, UUID id) {
    return ledger.release(caller.owner(), id);
  }

  Policy policy(ResourceType type) {
    return policies.of(type);
  }

  void setPolicy(ResourceType type, Policy policy) {
    policies.put(type, policy);
    ledger.serve(type);
  }
}
