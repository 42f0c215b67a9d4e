package com.sutazai.tasks;

import com.sutazai.agents.BuiltInAgents;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.queue.QueueDepth;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

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

  /** The meters of each end and each agent: to find them in the registry costs each task more. */
  private final Map<End, Counter> ends = new ConcurrentHashMap<>();

  private final Map<String, OfAgent> ofAgents = new ConcurrentHashMap<>();

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

  private record End(String type, String state) {}

  void count(String type, String state) {
    String known = agents.taskTypes().contains(type) ? type : MetricNames.OTHER;
    ends.computeIfAbsent(new End(known, state), this::counter).increment();
  }

  private Counter counter(End end) {
    return registry.counter(MetricNames.TASKS, "type", end.type(), "state", end.state());
  }

  private record OfAgent(Timer waited, Timer ran, Map<String, Counter> byStatus) {}

  /** One task in an agent's hands: how long it waited, how long it ran, how it went. */
  void agentRan(String agent, Duration waited, Duration ran, String status) {
    OfAgent meters = ofAgents.computeIfAbsent(agent, this::ofAgent);
    meters.waited().record(waited);
    meters.ran().record(ran);
    meters
        .byStatus()
        .computeIfAbsent(
            status,
            each -> registry.counter(MetricNames.AGENT_REQUESTS, "agent", agent, "status", each))
        .increment();
  }

  private OfAgent ofAgent(String agent) {
    return new OfAgent(
        registry.timer(MetricNames.AGENT_QUEUE_LATENCY, "agent", agent),
        registry.timer(MetricNames.AGENT_PROCESSING_DURATION, "agent", agent),
        new ConcurrentHashMap<>());
  }
}
