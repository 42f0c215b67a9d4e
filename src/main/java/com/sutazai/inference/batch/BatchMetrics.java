package com.sutazai.inference.batch;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.IntSupplier;

/** {@code model_queue_*}, {@code model_slots*}, {@code model_batch_size}, breakers' states. */
@ApplicationScoped
class BatchMetrics {
  private final MeterRegistry registry;
  private final DistributionSummary batchSize;
  private final Counter refused;

  BatchMetrics(MeterRegistry registry) {
    this.registry = registry;
    batchSize =
        DistributionSummary.builder(MetricNames.MODEL_BATCH_SIZE)
            .description("Requests that a server works on when one more is given to it")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32)
            .register(registry);
    refused =
        Counter.builder(MetricNames.MODEL_QUEUE_REFUSED)
            .description("Requests refused because too much waited or it would take too long")
            .register(registry);
  }

  void observe(Lane lane, IntSupplier processes) {
    String server = lane.server().name();
    lane.server().breaker().show(server, registry);
    Gauge.builder(MetricNames.MODEL_SLOTS, () -> lane.slots(processes.getAsInt()))
        .tag("backend", server)
        .description("Requests that the server is given at once")
        .register(registry);
    Gauge.builder(MetricNames.MODEL_SLOTS_USED, lane::used)
        .tag("backend", server)
        .description("Requests that the server works on for this process")
        .register(registry);
  }

  void observe(Batcher batcher) {
    Gauge.builder(MetricNames.MODEL_QUEUE_DEPTH, batcher, Batcher::waiting)
        .description("Requests that wait for a free place at a model server")
        .register(registry);
  }

  void dispatched(int atOnce) {
    batchSize.record(atOnce);
  }

  void refused() {
    refused.increment();
  }
}
