package com.sutazai.security.limit;

import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForms;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the requests that are at work at once, from the gate to their last byte, or to the end of
 * their work where the caller left before: event streams and callers that wait for their task hold
 * a {@link Place} too. What an operator needs to see is always answered and takes none.
 */
@Singleton
class RequestLimit {
  /** After the gate, which names the request and turns strangers away. */
  private static final int ORDER = 900;

  private static final long LONGEST_WAIT_SECONDS = 300;

  /** Weight of the newest request in the moving average. */
  private static final double NEWEST = 0.01;

  private final Connections connections;
  private final ErrorForms errors;
  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final Counter refused;

  /** How long a place is held, in seconds. */
  private volatile double held = Double.NaN;

  RequestLimit(
      HttpConfig config, Connections connections, ErrorForms errors, MeterRegistry registry) {
    this.connections = connections;
    this.errors = errors;
    limit = config.maxRequests();
    refused =
        Counter.builder(MetricNames.REQUESTS_REFUSED)
            .description("Requests that were answered 503 server_busy")
            .register(registry);
    Gauge.builder(MetricNames.REQUESTS_OPEN, open::get)
        .description("Requests at work, event streams and waiting callers included")
        .register(registry);
    Gauge.builder(MetricNames.REQUESTS_LIMIT, () -> limit)
        .description("Requests that may be at work at once")
        .register(registry);
  }

  void register(@Observes Filters filters) {
    filters.register(this::check, ORDER);
  }

  private void check(RoutingContext context) {
    if (isOperation(context.request().path())) {
      context.next();
    } else if (open.incrementAndGet() > limit) {
      open.decrementAndGet();
      refuse(context);
    } else {
      hold(context);
      context.next();
    }
  }

  private static boolean isOperation(String path) {
    return path.equals("/health") || path.equals("/metrics") || path.startsWith("/q/health");
  }

  private void hold(RoutingContext context) {
    long start = System.nanoTime();
    var place =
        new Place(
            () -> {
              open.decrementAndGet();
              measure((System.nanoTime() - start) / 1e9);
            });
    place.keep(context);
    var listening = connections.listen(context, place::over);
    context.addEndHandler(
        ended -> {
          listening.close();
          place.over();
        });
  }

  /** An update that another one overtakes is lost, which an average bears. */
  private void measure(double seconds) {
    double mean = held;
    held = Double.isNaN(mean) ? seconds : mean + NEWEST * (seconds - mean);
  }

  private void refuse(RoutingContext context) {
    refused.increment();
    context.response().putHeader("Retry-After", String.valueOf(secondsUntilRoom()));
    context.request().resume(); // its body is read and dropped, so the connection goes on
    errors.refuse(
        context,
        Problem.of(
            ErrorCode.SERVER_BUSY,
            limit + " requests are at work (sutazai.http.max-requests); send it again.",
            null));
  }

  /** Places come free one after the other while each is held for so long. */
  private long secondsUntilRoom() {
    double mean = held;
    return Double.isNaN(mean)
        ? 1
        : Math.clamp((long) Math.ceil(mean / limit), 1, LONGEST_WAIT_SECONDS);
  }
}
