package com.sutazai.resources;

import com.sutazai.platform.error.StartException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a task needs of the machine while it runs.
 *
 * @param units by type, each more than 0
 */
public record Needs(Map<ResourceType, Long> units) {
  public static final Needs NONE = new Needs(Map.of());

  public Needs {
    Map<ResourceType, Long> copy = new EnumMap<>(ResourceType.class);
    copy.putAll(units);
    if (copy.containsKey(ResourceType.MODEL_SLOTS)) {
      throw new IllegalArgumentException("A request to a model takes its slot itself");
    }
    units = Collections.unmodifiableMap(copy);
  }

  /** As set for the agent, where something is set, else as declared. */
  static Needs set(@Nullable Map<String, Double> set, String agent, Needs declared) {
    if (set == null) {
      return declared;
    }
    String key = "sutazai.resources.needs." + agent;
    Map<ResourceType, Long> units = new EnumMap<>(ResourceType.class);
    set.forEach(
        (label, amount) -> {
          ResourceType type =
              ResourceType.find(label)
                  .filter(each -> each != ResourceType.MODEL_SLOTS)
                  .orElseThrow(
                      () ->
                          new StartException(
                              key
                                  + "."
                                  + label
                                  + " names nothing that a task can need; there are cpu, memory,"
                                  + " gpu, disk and database_connections"));
          if (amount != 0) {
            units.put(type, type.units(key + "." + label, amount));
          }
        });
    return new Needs(units);
  }

  /** So much of one resource, such as half a processor. */
  public static Needs of(ResourceType type, double amount) {
    return new Needs(Map.of(type, type.units(type.label(), amount)));
  }
}
