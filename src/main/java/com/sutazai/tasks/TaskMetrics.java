package com.sutazai.tasks;

import com.sutazai.agents.BuiltInAgents;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.queue.QueueDepth;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * {@code tasks_total}, {@code task_queue_depth} and {@code task_queue_limit}; types are those that
 * agents here run.
 */
@ApplicationScoped
class TaskMetrics {
  private final MeterRegistry registry;
  private final QueueDepth depth;
  private final BuiltInAgents agents;
  private final TasksConfig config;

  TaskMetrics(MeterRegistry registry, QueueDepth depth, BuiltInAgents agents, TasksConfig config) {
    this.registry = registry;
    this.depth = depth;
    this.agents = agents;
    this.config = config;
  }

  void register(@Observes @Priority(500) StartupEvent event) {
    for (String type : agents.taskTypes()) {
      Gauge.builder(MetricNames.TASK_QUEUE_DEPTH, () -> waiting(type))
          .tag("type", type)
          .register(registry);
      Gauge.builder(MetricNames.TASK_QUEUE_LIMIT, config::maxWaitingPerType)
          .tag("type", type)
          .register(registry);
    }
  }

  private double waiting(String type) {
    OptionalLong waiting = depth.ofType(type);
    return waiting.isPresent() ? waiting.getAsLong() : Double.NaN;
  }

  void count(String type, String state) {
    registry
        .counter(
            MetricNames.TASKS,
            "type",
            agents.taskTypes().contains(type) ? type : MetricNames.OTHER,
            "state",
            state)
        .increment();
  }

  /** One task in an agent's hands: how long it waited, how long it ran, how it went. */
  void agentRan(String agent, Duration waited, Duration ran, String status) {
    registry.timer(MetricNames.AGENT_QUEUE_LATENCY, "agent", agent).record(waited);
    registry.timer(MetricNames.AGENT_PROCESSING_DURATION, "agent", agent).record(ran);
    registry.counter(MetricNames.AGENT_REQUESTS, "agent", agent, "status", status).increment();
  }
}
