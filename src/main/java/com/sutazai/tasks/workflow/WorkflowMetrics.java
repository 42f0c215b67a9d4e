package com.sutazai.tasks.workflow;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Arrays;

/** Counts workflows that were ended by this process, by how they ended. */
@ApplicationScoped
class WorkflowMetrics {
  private final MeterRegistry registry;

  WorkflowMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void start(@Observes @Priority(900) StartupEvent event) {
    Arrays.stream(WorkflowStatus.values())
        .filter(WorkflowStatus::ended)
        .forEach(status -> count(status, 0));
  }

  /** To be called after the commit. */
  void ended(WorkflowStatus status) {
    count(status, 1);
  }

  private void count(WorkflowStatus status, int workflows) {
    registry.counter(MetricNames.WORKFLOWS, "state", status.code()).increment(workflows);
  }
}
