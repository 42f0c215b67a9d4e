package com.sutazai.inference.embedded;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Memory and starts of the engine inside; absent where it is not to run. */
@ApplicationScoped
class EngineMetrics {
  private final MeterRegistry registry;

  EngineMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void register(Supplier<OptionalLong> memory) {
    Gauge.builder(
            MetricNames.ENGINE_MEMORY,
            () -> memory.get().isEmpty() ? Double.NaN : memory.get().orElse(0))
        .description("Resident memory of the engine's process, mapped model files included")
        .register(registry);
  }

  void started() {
    Counter.builder(MetricNames.ENGINE_STARTS)
        .description("Starts of the engine's process")
        .register(registry)
        .increment();
  }
}
