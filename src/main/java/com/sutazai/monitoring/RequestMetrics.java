package com.sutazai.monitoring;

import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Endpoint;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;

/**
 * Counts and times every HTTP request, streams until their last byte. {@code endpoint} is the
 * route's template, {@code other} for what no REST route serves.
 */
@Singleton
class RequestMetrics {
  private static final int LEFT = 499;
  private static final Set<String> METHODS =
      Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");
  private static final Duration[] BUCKETS =
      Stream.of(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Map<Route, Meters> meters = new ConcurrentHashMap<>();
  private final Map<RuntimeResource, String> templates = new ConcurrentHashMap<>();
  private final Connections connections;
  private final LongAdder finished = new LongAdder();
  private final Rate rate = new Rate(finished::sum);

  RequestMetrics(MeterRegistry registry, Connections connections) {
    this.registry = registry;
    this.connections = connections;
  }

  private record Route(String method, String endpoint, int status) {}

  private record Meters(Counter requests, Timer duration) {}

  void register(@Observes Filters filters) {
    Gauge.builder(MetricNames.ACTIVE_CONNECTIONS, connections, Connections::open)
        .description("Open HTTP connections that have sent a request")
        .register(registry);
    Gauge.builder(MetricNames.REQUESTS_PER_SECOND, rate, Rate::perSecond)
        .description("Finished requests per second over the last 10 to 20 seconds")
        .register(registry);
    filters.register(this::observe, 2000);
  }

  private void observe(RoutingContext context) {
    long start = System.nanoTime();
    AtomicBoolean recorded = new AtomicBoolean();
    Runnable end =
        () -> {
          if (recorded.compareAndSet(false, true)) {
            record(context, System.nanoTime() - start);
          }
        };
    var listening = connections.listen(context, end);
    context.addEndHandler(
        ended -> {
          listening.close();
          end.run();
        });
    context.next();
  }

  private void record(RoutingContext context, long nanos) {
    String method = context.request().method().name();
    String endpoint = Endpoint.find(context);
    var route =
        new Route(
            METHODS.contains(method) ? method : MetricNames.OTHER,
            endpoint == null ? MetricNames.OTHER : endpoint,
            status(context.response()));
    Meters found = meters.computeIfAbsent(route, this::meters);
    found.requests().increment();
    found.duration().record(nanos, TimeUnit.NANOSECONDS);
    finished.increment();
  }

  /** Of a caller that left before it was answered: 499, as nginx has it. */
  private static int status(HttpServerResponse response) {
    return response.headWritten() || response.ended() ? response.getStatusCode() : LEFT;
  }

  private Meters meters(Route route) {
    return new Meters(
        Counter.builder(MetricNames.REQUESTS)
            .tags(
                "method",
                route.method(),
                "endpoint",
                route.endpoint(),
                "status",
                String.valueOf(route.status()))
            .register(registry),
        Timer.builder(MetricNames.REQUEST_DURATION)
            .tags("method", route.method(), "endpoint", route.endpoint())
            .serviceLevelObjectives(BUCKETS)
            .register(registry));
  }

  /** Runs after the route is known. */
  @ServerRequestFilter(nonBlocking = true)
  public void nameEndpoint() {
    var request = CurrentRequestManager.get();
    RuntimeResource resource = request == null ? null : request.getTarget();
    if (resource != null) {
      Endpoint.put(
          request.unwrap(RoutingContext.class),
          templates.computeIfAbsent(resource, RequestMetrics::template));
    }
  }

  /** The path as documented: variables by name, the optional version prefix left out. */
  private static String template(RuntimeResource resource) {
    String path = resource.getClassPath().template + resource.getPath().template;
    return path.replace("{version:(/v1)?}", "")
        .replaceAll("\\{(\\w+):[^}]*}", "{$1}")
        .replaceAll("(?<=.)/$", "");
  }
}
