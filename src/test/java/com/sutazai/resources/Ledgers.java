package com.sutazai.resources;

import com.sutazai.platform.caller.Caller;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** A ledger over a machine that a test makes up: 10 processors, 1000 bytes, nothing else. */
final class Ledgers implements Stock {
  final Map<ResourceType, Capacity> stock = new EnumMap<>(ResourceType.class);
  final Policies policies;
  final Ledger ledger;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

  Ledgers(String... settings) {
    stock.put(ResourceType.CPU, Capacity.of(OptionalLong.of(10_000)));
    stock.put(ResourceType.MEMORY, Capacity.of(OptionalLong.of(1000)));
    var builder =
        new SmallRyeConfigBuilder()
            .withConverter(Duration.class, 200, new DurationConverter())
            .withMapping(LedgerConfig.class);
    for (int i = 0; i < settings.length; i += 2) {
      builder.withDefaultValue("sutazai.resources." + settings[i], settings[i + 1]);
    }
    LedgerConfig config = builder.build().getConfigMapping(LedgerConfig.class);
    policies = new Policies(config);
    policies.put(ResourceType.CPU, new Policy(100, 100));
    policies.put(ResourceType.MEMORY, new Policy(100, 100));
    ledger =
        new Ledger(this, policies, config, now::get, new LedgerMetrics(new SimpleMeterRegistry()));
  }

  @Override
  public Capacity of(ResourceType type) {
    return stock.getOrDefault(type, Capacity.UNKNOWN);
  }

  @Override
  public Optional<Supply> supply(ResourceType type) {
    return Optional.empty();
  }

  void advance(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  /** A request for so many processors for a minute. */
  static Ask processors(UUID owner, double amount, Duration patience) {
    return ask(owner, amount, 5, false, patience);
  }

  static Ask ask(UUID owner, double amount, int priority, boolean preemptible, Duration patience) {
    return new Ask(
        UUID.randomUUID(),
        ResourceType.CPU,
        ResourceType.CPU.units("amount", amount),
        Holder.of(Caller.of(owner), "holder"),
        priority,
        preemptible,
        Duration.ofMinutes(1),
        patience);
  }

  long inUse() {
    return ledger.standing(ResourceType.CPU).leased() + ledger.standing(ResourceType.CPU).byTasks();
  }

  int waiting() {
    return ledger.standing(ResourceType.CPU).waiting();
  }
}
