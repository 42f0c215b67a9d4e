package com.sutazai.inference.batch;

import com.sutazai.inference.backend.Backend;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Slots of one server without the program around them. */
public final class Batchers {
  private final Backend server;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Batcher batcher;

  public Batchers(Backend server) {
    this.server = server;
    BatchConfig config =
        new SmallRyeConfigBuilder()
            .withConverter(Duration.class, 200, new DurationConverter())
            .withMapping(BatchConfig.class)
            .build()
            .getConfigMapping(BatchConfig.class);
    batcher =
        new Batcher(
            config, List.of(new Lane(server, 16, 100)), () -> 1, new BatchMetrics(registry));
  }

  public Slot take() throws InterruptedException {
    return batcher.take(
        new Work(UUID.randomUUID(), 1, false, 100, List.of(server), 0, Duration.ofSeconds(60)));
  }

  /** Slots that are taken. */
  public int used() {
    return (int) registry.get(MetricNames.MODEL_SLOTS_USED).gauge().value();
  }
}
