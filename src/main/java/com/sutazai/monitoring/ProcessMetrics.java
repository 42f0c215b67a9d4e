package com.sutazai.monitoring;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Memory and processor of this process as the operating system sees them; absent where it does not
 * tell.
 */
@ApplicationScoped
class ProcessMetrics {
  private final MeterRegistry registry;

  ProcessMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void register(@Observes StartupEvent event) {
    var memory = ManagementFactory.getMemoryMXBean();
    Gauge.builder(MetricNames.MEMORY, () -> memory.getHeapMemoryUsage().getUsed())
        .tag("part", "heap")
        .register(registry);
    Gauge.builder(MetricNames.MEMORY, ProcessMetrics::residentBytes)
        .tag("part", "resident")
        .description(
            "Resident memory of this process; the embedded database's own processes are not in it")
        .register(registry);
    Gauge.builder(MetricNames.MEMORY_LIMIT, ProcessMetrics::limitBytes)
        .description("Memory limit of the cgroup, or the machine's memory")
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

  private static double residentBytes() {
    return field(Path.of("/proc/self/status"), "VmRSS:");
  }

  private static double limitBytes() {
    try {
      String limit = Files.readString(Path.of("/sys/fs/cgroup/memory.max")).strip();
      if (!limit.equals("max")) {
        return Double.parseDouble(limit);
      }
    } catch (NoSuchFileException e) {
      // no cgroup of version 2, or its root: the machine's memory is the limit
    } catch (IOException e) {
      return Double.NaN;
    }
    return field(Path.of("/proc/meminfo"), "MemTotal:");
  }

  /** A value in kB of a {@code /proc} file, in bytes. */
  private static double field(Path file, String name) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .findFirst()
          .map(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024)
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
