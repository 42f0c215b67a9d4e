package com.sutazai.monitoring;

import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What counters and timers had counted, every ten seconds of the last five minutes. */
@ApplicationScoped
class MetricsHistory {
  private static final Duration STEP = Duration.ofSeconds(10);
  private static final int MOST = 31;

  private final MeterRegistry registry;
  private final Deque<Moment> moments = new ArrayDeque<>();
  private @Nullable Loop loop;

  MetricsHistory(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * What was counted up to a moment.
   *
   * @param count of events
   * @param total of what they measured, in the meter's base unit; 0 for counters
   */
  record Counted(double count, double total) {
    static final Counted NOTHING = new Counted(0, 0);
  }

  /**
   * All counts of a moment.
   *
   * @param nanoTime of {@link System#nanoTime}
   */
  record Moment(long nanoTime, Map<Meter.Id, Counted> counted) {
    /** What a meter had counted by then; nothing if it was not there yet. */
    Counted of(Meter.Id id) {
      return counted.getOrDefault(id, Counted.NOTHING);
    }
  }

  void start(@Observes @Priority(2000) StartupEvent event) {
    remember(now());
    loop =
        Loop.start(
            "metrics-history",
            () -> {
              Thread.sleep(STEP);
              look();
            });
  }

  void stop(@Observes ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  /** Remembers this moment, and asks for the rate whose window moves when it is asked for. */
  void look() {
    Gauge rate = registry.find(MetricNames.REQUESTS_PER_SECOND).gauge();
    if (rate != null) {
      rate.value();
    }
    remember(now());
  }

  synchronized void remember(Moment moment) {
    moments.addLast(moment);
    if (moments.size() > MOST) {
      moments.removeFirst();
    }
  }

  Moment now() {
    Map<Meter.Id, Counted> counted = new HashMap<>();
    for (Meter meter : registry.getMeters()) {
      Counted value = counted(meter);
      if (value != null) {
        counted.put(meter.getId(), value);
      }
    }
    return new Moment(System.nanoTime(), counted);
  }

  private static @Nullable Counted counted(Meter meter) {
    return switch (meter) {
      case Counter counter -> new Counted(counter.count(), 0);
      case FunctionCounter counter -> new Counted(counter.count(), 0);
      case Timer timer -> new Counted(timer.count(), timer.totalTime(TimeUnit.SECONDS));
      case DistributionSummary summary -> new Counted(summary.count(), summary.totalAmount());
      default -> null;
    };
  }

  /**
   * The oldest remembered moment within the window; empty before the first one is ten seconds old.
   */
  synchronized Optional<Moment> within(Duration window, long nanoTime) {
    return moments.stream()
        .filter(moment -> nanoTime - moment.nanoTime() <= window.plus(STEP.dividedBy(2)).toNanos())
        .filter(moment -> nanoTime - moment.nanoTime() >= STEP.dividedBy(2).toNanos())
        .findFirst();
  }
}
