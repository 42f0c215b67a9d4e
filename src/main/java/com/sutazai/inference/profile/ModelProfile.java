package com.sutazai.inference.profile;

import com.sutazai.inference.profile.ProfiledModel.Probe;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How fast a model was, beside whatever else was asked of it at the time.
 *
 * @param ageSeconds since it was measured
 * @param cores of the machine that this program runs on, where the model server may not be
 * @param prompt what was asked, each time with another number, so that no cache knows its beginning
 * @param maxTokens tokens that were asked for each time
 * @param first the first answer, for which the model was loaded if it was not yet
 * @param levels by the number of requests in flight
 * @param missing levels that could not be measured, with the reason
 */
@RegisterForReflection
record ModelProfile(
    String model,
    Instant measuredAt,
    long ageSeconds,
    double tookMs,
    int cores,
    String prompt,
    int maxTokens,
    Probe first,
    List<Level> levels,
    List<Missing> missing)
    implements ProfileAnswer {

  /**
   * So many requests in flight at once.
   *
   * @param samples answers that were measured
   * @param tokens of all answers; null when the server did not count them
   * @param tokensPerSecond of all answers together
   * @param msPerRequest time of the level divided by its answers: what one costs where others run
   *     beside it
   */
  @RegisterForReflection
  record Level(
      int inFlight,
      int samples,
      @Nullable Long tokens,
      @Nullable Double tokensPerSecond,
      double msPerRequest,
      @Nullable Spread firstTokenMs,
      Spread totalMs) {

    static Level of(int inFlight, List<Probe> probes, long nanos) {
      Long tokens =
          probes.stream().allMatch(probe -> probe.tokens() != null)
              ? (Long)
                  probes.stream().mapToLong(probe -> Objects.requireNonNull(probe.tokens())).sum()
              : null;
      return new Level(
          inFlight,
          probes.size(),
          tokens,
          tokens == null || nanos == 0 ? null : (Double) rounded(tokens * 1e9 / nanos),
          rounded(nanos / 1e6 / probes.size()),
          Spread.of(probes.stream().map(Probe::firstTokenMs).flatMap(Stream::ofNullable)),
          Objects.requireNonNull(Spread.of(probes.stream().map(Probe::totalMs))));
    }
  }

  /** Of several measurements of one thing. */
  @RegisterForReflection
  record Spread(double median, double max) {
    static @Nullable Spread of(Stream<Double> measured) {
      double[] sorted = measured.mapToDouble(each -> each).sorted().toArray();
      int middle = sorted.length / 2;
      if (sorted.length == 0) {
        return null;
      }
      double median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      return new Spread(rounded(median), rounded(sorted[sorted.length - 1]));
    }
  }

  /**
   * A level without figures.
   *
   * @param code of the error that ended it
   */
  @RegisterForReflection
  record Missing(int inFlight, String code, String detail) {
    static Missing of(int inFlight, ProblemException why) {
      return new Missing(inFlight, why.code().code(), why.detail());
    }
  }

  ModelProfile at(Instant now) {
    return new ModelProfile(
        model,
        measuredAt,
        Math.max(0, Duration.between(measuredAt, now).toSeconds()),
        tookMs,
        cores,
        prompt,
        maxTokens,
        first,
        levels,
        missing);
  }

  /** To three digits: microseconds of what is in milliseconds. */
  static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
