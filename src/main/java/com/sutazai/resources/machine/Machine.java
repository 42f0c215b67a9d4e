package com.sutazai.resources.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** This machine, or the part of it that this process may use; read anew with each question. */
public final class Machine {
  private static final int THOUSANDTHS = 1000;

  private final Path proc;
  private final Optional<ControlGroup> cpu;
  private final Optional<ControlGroup> memory;
  private final Optional<ControlGroup> io;

  public Machine() {
    this(Path.of("/proc"));
  }

  /** As a folder like {@code /proc} describes it. */
  public Machine(Path proc) {
    this.proc = proc;
    cpu = ControlGroup.find(proc, "cpu", "cpu.max");
    memory = ControlGroup.find(proc, "memory", "memory.max");
    io = ControlGroup.find(proc, "blkio", "io.stat");
  }

  /** The version of control groups whose limits hold here; empty where there are none. */
  public Optional<Integer> controlGroupVersion() {
    return memory.or(() -> cpu).map(group -> group.unified() ? 2 : 1);
  }

  /** Processors in thousandths: those there are, or the smallest quota. */
  public long processors() {
    long here = (long) Runtime.getRuntime().availableProcessors() * THOUSANDTHS;
    return cpu.stream().flatMap(Machine::quotas).mapToLong(Long::longValue).reduce(here, Math::min);
  }

  private static Stream<Long> quotas(ControlGroup group) {
    return group.folders().stream()
        .map(folder -> group.unified() ? unifiedQuota(folder) : quota(folder))
        .flatMapToLong(OptionalLong::stream)
        .boxed();
  }

  private static OptionalLong unifiedQuota(Path folder) {
    List<String> lines = new SystemFile(folder.resolve("cpu.max")).lines();
    String[] words = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ", -1);
    return words.length < 2
        ? OptionalLong.empty()
        : quota(SystemFile.number(words[0]), SystemFile.number(words[1]));
  }

  private static OptionalLong quota(Path folder) {
    return quota(
        new SystemFile(folder.resolve("cpu.cfs_quota_us")).number(),
        new SystemFile(folder.resolve("cpu.cfs_period_us")).number());
  }

  private static OptionalLong quota(OptionalLong quota, OptionalLong period) {
    return quota.orElse(-1) <= 0 || period.orElse(0) <= 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(1, quota.getAsLong() * THOUSANDTHS / period.getAsLong()));
  }

  /** Memory; empty where the system does not tell. */
  public Optional<Memory> memory() {
    SystemFile all = new SystemFile(proc.resolve("meminfo"));
    OptionalLong total = all.field("MemTotal:");
    OptionalLong available = all.field("MemAvailable:");
    if (total.isEmpty() || available.isEmpty()) {
      return Optional.empty();
    }
    Memory machine = new Memory(total.getAsLong() * 1024, available.getAsLong() * 1024, false);
    return Optional.of(
        memory.stream()
            .flatMap(group -> group.folders().stream().flatMap(folder -> limit(group, folder)))
            .reduce(machine, Machine::smaller));
  }

  private static Memory smaller(Memory one, Memory other) {
    boolean less = other.capacity() < one.capacity();
    return new Memory(
        less ? other.capacity() : one.capacity(),
        Math.min(one.free(), other.free()),
        less ? other.limited() : one.limited());
  }

  /** A limit, and what of it is used but for cached files that nobody touched lately. */
  private static Stream<Memory> limit(ControlGroup group, Path folder) {
    boolean unified = group.unified();
    OptionalLong limit = number(folder, unified ? "memory.max" : "memory.limit_in_bytes");
    OptionalLong used = number(folder, unified ? "memory.current" : "memory.usage_in_bytes");
    if (limit.isEmpty() || used.isEmpty()) {
      return Stream.empty();
    }
    long cached =
        new SystemFile(folder.resolve("memory.stat"))
            .field(unified ? "inactive_file" : "total_inactive_file")
            .orElse(0);
    long free = limit.getAsLong() - Math.max(0, used.getAsLong() - cached);
    return Stream.of(new Memory(limit.getAsLong(), Math.max(0, free), true));
  }

  private static OptionalLong number(Path folder, String name) {
    return new SystemFile(folder.resolve(name)).number();
  }

  /** Pressure on the processors of this process's group, or of the machine. */
  public Optional<Pressure> cpuPressure() {
    return pressure(cpu, "cpu");
  }

  public Optional<Pressure> memoryPressure() {
    return pressure(memory, "memory");
  }

  public Optional<Pressure> ioPressure() {
    return pressure(io, "io");
  }

  private Optional<Pressure> pressure(Optional<ControlGroup> group, String resource) {
    return group
        .filter(ControlGroup::unified)
        .flatMap(own -> Pressure.of(own.file(resource + ".pressure")))
        .or(() -> Pressure.of(new SystemFile(proc.resolve("pressure").resolve(resource))));
  }

  /** Mean number of tasks that ran or waited in the last minute. */
  public OptionalDouble load() {
    List<String> lines = new SystemFile(proc.resolve("loadavg")).lines();
    return lines.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Double.parseDouble(lines.getFirst().split(" ", -1)[0]));
  }

  /** Memory of this process that is in use, in bytes. */
  public OptionalLong residentBytes() {
    OptionalLong kilobytes = new SystemFile(proc.resolve("self/status")).field("VmRSS:");
    return kilobytes.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(kilobytes.getAsLong() * 1024);
  }

  /** How often the quota of its processors made this process's group wait, since it began. */
  public OptionalLong throttledPeriods() {
    return cpu.map(group -> group.file("cpu.stat").field("nr_throttled"))
        .orElse(OptionalLong.empty());
  }

  /** GPUs that Nvidia's driver knows; empty without that driver. */
  public OptionalLong gpus() {
    try (Stream<Path> known = Files.list(proc.resolve("driver/nvidia/gpus"))) {
      return OptionalLong.of(known.count());
    } catch (IOException | SecurityException e) {
      return OptionalLong.empty();
    }
  }
}
