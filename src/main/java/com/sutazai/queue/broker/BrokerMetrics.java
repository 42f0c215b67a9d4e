package com.sutazai.queue.broker;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Meters of the distribution over RabbitMQ; there are none where there is no broker. */
@ApplicationScoped
class BrokerMetrics {
  private final MeterRegistry registry;

  BrokerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Begins them all at 0. */
  void register(BooleanSupplier connected) {
    Gauge.builder(MetricNames.QUEUE_BROKER_CONNECTED, () -> connected.getAsBoolean() ? 1 : 0)
        .description("1 while jobs are distributed over RabbitMQ, 0 while by the database alone")
        .register(registry);
    List.of("confirmed", "refused", "unanswered").forEach(outcome -> published(outcome, 0));
    List.of("claimed", "forgotten").forEach(outcome -> received(outcome, 0));
    fallbackClaims(0);
  }

  /**
   * @param outcome {@code confirmed}; {@code refused}, when the queue is full or missing; {@code
   *     unanswered}, when it may be there or not
   */
  void published(String outcome, int messages) {
    Counter.builder(MetricNames.QUEUE_BROKER_PUBLISHED)
        .description("Messages sent to RabbitMQ, by what it said")
        .tag("outcome", outcome)
        .register(registry)
        .increment(messages);
  }

  /**
   * @param outcome {@code claimed}, or {@code forgotten}, when the job was not to be had any more,
   *     or not by this process
   */
  void received(String outcome, int messages) {
    Counter.builder(MetricNames.QUEUE_BROKER_RECEIVED)
        .description("Messages from RabbitMQ, by what they led to")
        .tag("outcome", outcome)
        .register(registry)
        .increment(messages);
  }

  void fallbackClaims(int jobs) {
    Counter.builder(MetricNames.QUEUE_BROKER_FALLBACK_CLAIMS)
        .description("Jobs that were claimed without a message while RabbitMQ was connected")
        .register(registry)
        .increment(jobs);
  }
}
