package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code model_*} of answers; {@code model_name} is an installed model. */
@Singleton
class InferenceMetrics {
  private static final Duration[] BUCKETS =
      Stream.of(10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;

  /** Those that were found once: looking for one costs more than counting. */
  private final Map<Name, Timer> timers = new ConcurrentHashMap<>();

  private final Map<Name, Counter> tokens = new ConcurrentHashMap<>();

  InferenceMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A meter's name, or what it counts, for a model. */
  private record Name(String what, String model) {}

  void firstToken(String model, long nanos) {
    timer(MetricNames.MODEL_TIME_TO_FIRST_TOKEN, model).record(Duration.ofNanos(nanos));
  }

  /** Counts whole answers only; failures are in {@code app_requests_total}. */
  void answered(String model, @Nullable Usage usage, Timings timings) {
    timer(MetricNames.MODEL_INFERENCE, model)
        .record(Duration.ofNanos((long) (timings.totalMs() * 1e6)));
    if (usage != null) {
      tokens(model, "prompt", usage.promptTokens());
      tokens(model, "completion", usage.completionTokens());
    }
  }

  private void tokens(String model, String direction, long count) {
    tokens
        .computeIfAbsent(
            new Name(direction, model),
            name ->
                registry.counter(
                    MetricNames.MODEL_TOKENS, "model_name", model, "direction", direction))
        .increment(count);
  }

  private Timer timer(String name, String model) {
    return timers.computeIfAbsent(
        new Name(name, model),
        each ->
            Timer.builder(name)
                .tag("model_name", model)
                .serviceLevelObjectives(BUCKETS)
                .register(registry));
  }
}
