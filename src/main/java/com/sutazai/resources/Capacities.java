package com.sutazai.resources;

import com.sutazai.platform.sql.Database;
import com.sutazai.resources.machine.Machine;
import com.sutazai.resources.machine.Memory;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How much of each resource there is here; what files tell is looked at once a second. */
@ApplicationScoped
class Capacities implements Stock {
  private static final long FRESH_NANOS = 1_000_000_000;

  private final LedgerConfig config;
  private final Machine machine = new Machine();
  private final Database database;
  private final List<Supply> supplies;
  private volatile Measured measured;

  Capacities(LedgerConfig config, Database database, @All List<Supply> supplies) {
    this.config = config;
    this.database = database;
    this.supplies = supplies;
    measured = measure();
  }

  private record Measured(
      Capacity cpu, Capacity memory, Capacity gpu, Capacity disk, long atNanos) {}

  Machine machine() {
    return machine;
  }

  @Override
  public Optional<Supply> supply(ResourceType type) {
    return supplies.stream().filter(each -> each.type() == type).findFirst();
  }

  @Override
  public Capacity of(ResourceType type) {
    return switch (type) {
      case CPU -> fresh().cpu();
      case MEMORY -> fresh().memory();
      case GPU -> fresh().gpu();
      case DISK -> fresh().disk();
      case MODEL_SLOTS ->
          supply(type)
              .map(slots -> Capacity.of(OptionalLong.of(slots.capacity())))
              .orElse(Capacity.UNKNOWN);
      case DATABASE_CONNECTIONS -> Capacity.of(OptionalLong.of(database.connections().max()));
    };
  }

  private Measured fresh() {
    Measured last = measured;
    if (System.nanoTime() - last.atNanos() < FRESH_NANOS) {
      return last;
    }
    Measured now = measure();
    measured = now;
    return now;
  }

  private Measured measure() {
    return new Measured(
        Capacity.of(OptionalLong.of(machine.processors())),
        machine.memory().map(Capacities::memory).orElse(Capacity.UNKNOWN),
        Capacity.of(
            config.gpus().isPresent() ? OptionalLong.of(config.gpus().getAsInt()) : machine.gpus()),
        disk(),
        System.nanoTime());
  }

  private static Capacity memory(Memory memory) {
    return new Capacity(OptionalLong.of(memory.capacity()), OptionalLong.of(memory.free()));
  }

  private Capacity disk() {
    try {
      FileStore store = Files.getFileStore(Path.of(config.disk()));
      return new Capacity(
          OptionalLong.of(store.getTotalSpace()), OptionalLong.of(store.getUsableSpace()));
    } catch (IOException e) {
      return Capacity.UNKNOWN;
    }
  }
}
