package com.sutazai.resources;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.function.Supplier;

/** {@code resource_*}: what there is of each resource, what is leased, who waits. */
@ApplicationScoped
class LedgerMetrics {
  private final MeterRegistry registry;

  LedgerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** What became of a lease, or of a request for one. */
  enum Outcome {
    GRANTED,
    REFUSED,
    DISPLACED,
    RELEASED,
    EXPIRED,
    PREEMPTED
  }

  void count(ResourceType type, Outcome outcome) {
    Counter.builder(MetricNames.RESOURCE_LEASES)
        .description("Leases by what became of them, and requests for leases that were refused")
        .tags("type", type.label(), "outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  void observe(Ledger ledger) {
    for (ResourceType type : ResourceType.values()) {
      gauge(
          MetricNames.RESOURCE_LIMIT,
          "What may be leased, by the policy; NaN where it is not known what there is",
          type,
          () -> limit(type, ledger.limits(type)));
      gauge(
          MetricNames.RESOURCE_IN_USE,
          "What leases and running tasks have",
          type,
          () -> {
            Ledger.Standing standing = ledger.standing(type);
            return type.amount(standing.leased() + standing.byTasks());
          });
      gauge(
          MetricNames.RESOURCE_WAITING,
          "Requests for leases that wait",
          type,
          () -> ledger.standing(type).waiting());
    }
  }

  private static Number limit(ResourceType type, Limits limits) {
    return limits.capacity() == 0 ? Double.NaN : type.amount(limits.total());
  }

  private void gauge(String name, String description, ResourceType type, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .tag("type", type.label())
        .register(registry);
  }
}
