package com.sutazai.resources;

import com.sutazai.resources.machine.Pressure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this process's machine has, and who has it. What is not known or not measured is null.
 *
 * @param resources by type
 * @param load mean number of tasks of the machine that ran or waited in the last minute
 */
@RegisterForReflection
public record ResourceStatus(
    Map<String, Resource> resources, Pressures pressure, @Nullable Double load) {
  /**
   * One resource; amounts are in {@code unit}.
   *
   * @param capacity what there is
   * @param limit what may be leased of it
   * @param leased by callers
   * @param usedByTasks of agents that said what they need
   * @param usedByProgram what the program itself uses without a lease, where it counts that
   * @param available what is left to be leased
   * @param free of the capacity, as measured
   * @param waiting requests for leases that wait
   */
  @RegisterForReflection
  public record Resource(
      String unit,
      @Nullable Number capacity,
      @Nullable Number limit,
      Number leased,
      Number usedByTasks,
      @Nullable Number usedByProgram,
      @Nullable Number available,
      @Nullable Number free,
      int waiting,
      Policy policy) {}

  /** Pressure by what is waited for. */
  @RegisterForReflection
  public record Pressures(
      @Nullable Pressure cpu, @Nullable Pressure memory, @Nullable Pressure io) {}
}
