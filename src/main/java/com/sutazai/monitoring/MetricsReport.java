package com.sutazai.monitoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sutazai.monitoring.MetricsHistory.Counted;
import com.sutazai.monitoring.MetricsHistory.Moment;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The meters of {@code /metrics} as JSON, with what was counted in the last minutes. */
@ApplicationScoped
class MetricsReport {
  /** The words for kinds of meters. */
  static final List<String> TYPES = List.of("gauge", "counter", "timer", "summary");

  private static final List<Duration> WINDOWS =
      List.of(Duration.ofMinutes(1), Duration.ofMinutes(5));

  private final PrometheusMeterRegistry registry;
  private final MetricsHistory history;
  private final InstantSource clock;

  MetricsReport(PrometheusMeterRegistry registry, MetricsHistory history, InstantSource clock) {
    this.registry = registry;
    this.history = history;
    this.clock = clock;
  }

  /**
   * All meters.
   *
   * @param countedSince when counters and timers began to count: the start of this process
   */
  @RegisterForReflection
  record Report(Instant measuredAt, Instant countedSince, List<Metric> metrics) {}

  /**
   * One meter by the name that it has in {@code /metrics}.
   *
   * @param type {@code gauge}, {@code counter}, {@code timer} or {@code summary}
   * @param value of a gauge or counter; null when it cannot be measured now
   * @param count of samples of a timer or summary
   * @param sum of them, in the unit that the name ends with
   * @param max of the last minutes
   * @param windows what was counted lately; absent for gauges and before ten seconds have passed
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Metric(
      String name,
      String type,
      Map<String, String> labels,
      @Nullable Double value,
      @Nullable Double count,
      @Nullable Double sum,
      @Nullable Double max,
      @Nullable List<Window> windows) {}

  /**
   * What was counted in a window.
   *
   * @param seconds its length as it was measured
   * @param count of events
   * @param mean of what they measured; null for counters and without events
   */
  @RegisterForReflection
  @JsonInclude
  record Window(double seconds, double count, double perSecond, @Nullable Double mean) {}

  /** The meters whose name begins so, by name and labels. */
  Report of(String prefix) {
    return of(prefix, Set.copyOf(TYPES));
  }

  /** Those of some types. */
  Report of(String prefix, Set<String> types) {
    Moment now = history.now();
    List<Metric> metrics = new ArrayList<>();
    for (Meter meter : registry.getMeters()) {
      Metric metric = metric(meter, now);
      if (metric != null && metric.name().startsWith(prefix) && types.contains(metric.type())) {
        metrics.add(metric);
      }
    }
    metrics.sort(
        Comparator.comparing(Metric::name).thenComparing(metric -> metric.labels().toString()));
    return new Report(
        clock.instant(),
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
        metrics);
  }

  private @Nullable Metric metric(Meter meter, Moment now) {
    Meter.Id id = meter.getId();
    var convention = registry.config().namingConvention();
    String name = convention.name(id.getName(), id.getType(), id.getBaseUnit());
    Map<String, String> labels = new TreeMap<>();
    for (Tag tag : id.getTags()) {
      labels.put(convention.tagKey(tag.getKey()), tag.getValue());
    }
    Counted counted = now.counted().get(id);
    return switch (meter) {
      case TimeGauge gauge ->
          new Metric(
              name, "gauge", labels, finite(gauge.value(TimeUnit.SECONDS)), null, null, null, null);
      case Gauge gauge ->
          new Metric(name, "gauge", labels, finite(gauge.value()), null, null, null, null);
      case Timer timer ->
          distribution(name, "timer", labels, counted, timer.max(TimeUnit.SECONDS), id, now);
      case DistributionSummary summary ->
          distribution(name, "summary", labels, counted, summary.max(), id, now);
      default ->
          counted == null
              ? other(meter, name, labels)
              : new Metric(
                  name,
                  "counter",
                  labels,
                  finite(counted.count()),
                  null,
                  null,
                  null,
                  windows(id, now, false));
    };
  }

  private Metric distribution(
      String name,
      String type,
      Map<String, String> labels,
      @Nullable Counted counted,
      double max,
      Meter.Id id,
      Moment now) {
    Counted all = counted == null ? Counted.NOTHING : counted;
    return new Metric(
        name,
        type,
        labels,
        null,
        all.count(),
        finite(all.total()),
        finite(max),
        windows(id, now, true));
  }

  /** A meter of a library that is of no usual kind: its first measurement. */
  private static @Nullable Metric other(Meter meter, String name, Map<String, String> labels) {
    return StreamSupport.stream(meter.measure().spliterator(), false)
        .findFirst()
        .map(
            measured ->
                new Metric(
                    name, "gauge", labels, finite(measured.getValue()), null, null, null, null))
        .orElse(null);
  }

  private @Nullable List<Window> windows(Meter.Id id, Moment now, boolean means) {
    List<Window> windows = new ArrayList<>();
    for (Duration length : WINDOWS) {
      history
          .within(length, now.nanoTime())
          .ifPresent(before -> windows.add(window(before, now, id, means)));
    }
    return windows.isEmpty() ? null : windows;
  }

  private static Window window(Moment before, Moment now, Meter.Id id, boolean mean) {
    double seconds = (now.nanoTime() - before.nanoTime()) / 1e9;
    double count = now.of(id).count() - before.of(id).count();
    double total = now.of(id).total() - before.of(id).total();
    return new Window(seconds, count, count / seconds, mean && count > 0 ? total / count : null);
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
