package com.sutazai.inference.preparation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** How far a pull is, said every few seconds. */
final class PullProgress {
  private static final long EVERY = Duration.ofSeconds(5).toNanos();
  private static final long MEGABYTE = 1_000_000;

  private final LongSupplier nanoTime;
  private final Map<String, Part> parts = new HashMap<>();
  private long saidAt;

  PullProgress(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    saidAt = nanoTime.getAsLong();
  }

  private record Part(long completed, long total) {}

  /** Takes a line of the server; what there is to say now, if it is time. */
  Optional<String> take(JsonNode line) {
    if (line.path("digest").isTextual()) {
      parts.put(
          line.path("digest").textValue(),
          new Part(line.path("completed").asLong(), line.path("total").asLong()));
    }
    long now = nanoTime.getAsLong();
    if (now - saidAt < EVERY) {
      return Optional.empty();
    }
    saidAt = now;
    return Optional.of(soFar() + line.path("status").asText(""));
  }

  private String soFar() {
    long completed = parts.values().stream().mapToLong(Part::completed).sum();
    long total = parts.values().stream().mapToLong(Part::total).sum();
    return total == 0 ? "" : completed / MEGABYTE + " of " + total / MEGABYTE + " MB, ";
  }
}
