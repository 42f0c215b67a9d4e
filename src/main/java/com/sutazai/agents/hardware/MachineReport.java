package com.sutazai.agents.hardware;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.resources.Resources;
import com.sutazai.resources.machine.Machine;
import com.sutazai.resources.machine.ProcessorUse;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the machine and this process do, as measured; what the system does not tell is null. */
@Singleton
class MachineReport {
  private final Resources resources;
  private final ObjectMapper json;

  MachineReport(Resources resources, ObjectMapper json) {
    this.resources = resources;
    this.json = json;
  }

  /** Processor time is measured over the window, the rest at its end. */
  ObjectNode over(Duration window) throws InterruptedException {
    Machine machine = resources.machine();
    long start = System.nanoTime();
    ProcessorUse use = new ProcessorUse();
    Thread.sleep(window);
    OptionalDouble used = use.processors();
    long nanos = System.nanoTime() - start;

    ObjectNode result = json.valueToTree(resources.status());
    result.put("control_group_version", machine.controlGroupVersion().orElse(null));
    result.put("throttled_periods", boxed(machine.throttledPeriods()));
    ObjectNode process = result.putObject("process");
    process.put("window_ms", nanos / 1_000_000);
    process.put("processors_used", used.isPresent() ? (Double) used.getAsDouble() : null);
    process.put("resident_bytes", boxed(machine.residentBytes()));
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    process.put("heap_used_bytes", heap.getUsed());
    process.put("heap_max_bytes", heap.getMax() < 0 ? null : (Long) heap.getMax());
    return result;
  }

  private static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
