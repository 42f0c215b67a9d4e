package com.sutazai.inference;

import com.sutazai.inference.backend.Usage;
import com.sutazai.inference.usage.Outcome;
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
    return new Answer(
        text,
        generation.model(),
        generation.origin().cached(),
        generation.timings(),
        generation.usage());
  }

  /**
   * Milliseconds, measured here.
   *
   * @param queueMs waiting for a free place at the server
   * @param ttftMs from the caller's request to the first token; null when there was none
   * @param totalMs from the caller's request to the end
   */
  @RegisterForReflection
  public record Timings(double queueMs, @Nullable Double ttftMs, double totalMs) {
    /** How a request of these times went, for the count of what its owner used. */
    Outcome outcome(boolean failed, @Nullable Usage usage) {
      return new Outcome(failed, usage, nanos(queueMs), nanos(totalMs));
    }

    private static long nanos(double milliseconds) {
      return Math.round(milliseconds * 1e6);
    }
  }

  static double milliseconds(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }
}
