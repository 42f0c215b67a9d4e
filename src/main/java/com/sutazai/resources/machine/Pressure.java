package com.sutazai.resources.machine;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much work waited for a resource (pressure stall information): the share of the last 10 and 60
 * seconds, in percent.
 *
 * @param someAvg10 in which at least one task waited
 * @param fullAvg10 in which all tasks waited at once; null where the system does not tell
 */
@RegisterForReflection
public record Pressure(
    double someAvg10, double someAvg60, @Nullable Double fullAvg10, @Nullable Double fullAvg60) {
  /** From lines such as {@code some avg10=0.63 avg60=0.75 avg300=8.23 total=22674}. */
  static Optional<Pressure> of(SystemFile file) {
    List<String> lines = file.lines();
    Double some10 = value(lines, "some", "avg10=");
    Double some60 = value(lines, "some", "avg60=");
    return some10 == null || some60 == null
        ? Optional.empty()
        : Optional.of(
            new Pressure(
                some10, some60, value(lines, "full", "avg10="), value(lines, "full", "avg60=")));
  }

  private static @Nullable Double value(List<String> lines, String kind, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(kind + " "))
        .flatMap(line -> List.of(line.split(" ", -1)).stream())
        .filter(word -> word.startsWith(name))
        .map(word -> Double.valueOf(word.substring(name.length())))
        .findFirst()
        .orElse(null);
  }
}
