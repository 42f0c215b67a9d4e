package com.sutazai.platform.sql;

import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.permit.Permits;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code db_pool_connections} by state: {@code used} by a statement or transaction, {@code idle},
 * or {@code pending}, which are callers that wait for one.
 */
final class PoolMetrics {
  private final Pool pool;
  private final AtomicInteger asking = new AtomicInteger();

  PoolMetrics(Pool pool, Permits permits, MeterRegistry registry) {
    this.pool = pool;
    gauge(registry, "used", PoolMetrics::used);
    gauge(registry, "idle", metrics -> metrics.pool.size() - metrics.used());
    gauge(registry, "pending", metrics -> metrics.asking.get() - metrics.used());
    Gauge.builder(MetricNames.DATABASE_CONNECTIONS_MAX, permits::limit).register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String state,
      java.util.function.ToDoubleFunction<PoolMetrics> measured) {
    Gauge.builder(MetricNames.DATABASE_CONNECTIONS, this, measured)
        .tag("state", state)
        .register(registry);
  }

  /** Connections that a statement or transaction uses now. */
  int used() {
    return Math.min(asking.get(), pool.size());
  }

  /** A caller needs a connection from now on. */
  void begin() {
    asking.incrementAndGet();
  }

  void end() {
    asking.decrementAndGet();
  }
}
