package com.sutazai.monitoring;

import com.sutazai.platform.metric.MetricNames;
import com.sutazai.resources.machine.Machine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * Memory and processor of this process as the operating system sees them; absent where it does not
 * tell.
 */
@ApplicationScoped
class ProcessMetrics {
  private final MeterRegistry registry;
  private final Machine machine = new Machine();

  ProcessMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void register(@Observes StartupEvent event) {
    var memory = ManagementFactory.getMemoryMXBean();
    Gauge.builder(MetricNames.MEMORY, () -> memory.getHeapMemoryUsage().getUsed())
        .tag("part", "heap")
        .register(registry);
    Gauge.builder(MetricNames.MEMORY, this::residentBytes)
        .tag("part", "resident")
        .description(
            "Resident memory of this process; the embedded database's own processes are not in it")
        .register(registry);
    Gauge.builder(MetricNames.MEMORY_LIMIT, this::limitBytes)
        .description("Smallest memory limit of the control groups, or the machine's memory")
        .register(registry);
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      Gauge.builder(MetricNames.CPU_USAGE, () -> ratio(system.getProcessCpuLoad()))
          .description("Processor time of this process, 1 = all processors it may use")
          .register(registry);
    }
  }

  private static double ratio(double load) {
    return load < 0 ? Double.NaN : load;
  }

  private double residentBytes() {
    return number(machine.residentBytes());
  }

  private double limitBytes() {
    return machine.memory().map(memory -> (double) memory.capacity()).orElse(Double.NaN);
  }

  private static double number(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : Double.NaN;
  }
}
