package com.sutazai.inference;

import com.sutazai.inference.backend.Usage;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered.
 *
 * @param model the installed model that answered, which may be a longer name than the one asked for
 * @param cached whether the text came from a cache instead of the model
 * @param usage null when the server did not count
 */
@RegisterForReflection
public record Answer(
    String generated, String model, boolean cached, Timings timings, @Nullable Usage usage) {

  /** What was generated, after its last piece. */
  static Answer of(String text, Generation generation) {
    return new Answer(text, generation.model(), false, generation.timings(), generation.usage());
  }

  /**
   * Milliseconds, measured here.
   *
   * @param queueMs waiting for a free place at the server
   * @param ttftMs from the caller's request to the first token; null when there was none
   * @param totalMs from the caller's request to the end
   */
  @RegisterForReflection
  public record Timings(double queueMs, @Nullable Double ttftMs, double totalMs) {}

  static double milliseconds(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }
}
