package com.sutazai.security.limit;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose client sends a head or a body so slowly that it only holds a place. Looks
 * four times a second rather than set a timer for each request.
 */
@Singleton
class SlowClients {
  /** Before the gate, which may turn away a request whose body is still to come. */
  private static final int ORDER = 1960;

  private static final long LOOK_MILLIS = 250;

  private final ConnectionLimit connections;
  private final Doors doors;
  private final HttpConfig config;
  private final MeterRegistry registry;
  private final Vertx vertx;
  private final Set<Body> bodies = ConcurrentHashMap.newKeySet();

  SlowClients(
      ConnectionLimit connections,
      Doors doors,
      HttpConfig config,
      MeterRegistry registry,
      Vertx vertx) {
    this.doors = doors;
    this.connections = connections;
    this.config = config;
    this.registry = registry;
    this.vertx = vertx;
  }

  void register(@Observes Filters filters) {
    filters.register(this::begin, ORDER);
    vertx.setPeriodic(LOOK_MILLIS, id -> look());
  }

  private void begin(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (LastRequest.isPast(request)) {
      request.connection().close();
      return;
    }
    Pace pace = pace(request);
    boolean multiplexed = request.version() == HttpVersion.HTTP_2;
    if (pace == null) {
      doors.add(request.localAddress().port()); // the system chose it
    } else if (!multiplexed) {
      pace.begin(request, BodyLimit.declared(request));
    }
    if (config.minBodyRate() > 0
        && (multiplexed || pace != null)
        && mayHaveBody(request, multiplexed)) {
      bodies.add(new Body(request, multiplexed ? null : pace, System.nanoTime()));
    }
    context.next();
  }

  private static @Nullable Pace pace(HttpServerRequest request) {
    return request.connection() instanceof ConnectionBase connection
        ? connection.channel().attr(Pace.KEY).get()
        : null;
  }

  /** A body that nobody reads would look slow: those of these methods are not read. */
  private static boolean mayHaveBody(HttpServerRequest request, boolean multiplexed) {
    return request.method() != HttpMethod.GET
        && request.method() != HttpMethod.HEAD
        && (multiplexed
            ? !request.isEnded()
            : BodyLimit.declared(request) > 0
                || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null);
  }

  private void look() {
    long now = System.nanoTime();
    long most = config.headerTimeout().toNanos();
    long idle = config.idleTimeout().toNanos();
    for (Pace pace : connections.paces()) {
      if (pace.isHeadLate(now, most)) {
        count("head");
        pace.endLateHead();
      } else if (idle > 0 && pace.isSilent(now, idle)) {
        pace.close();
      }
    }
    bodies.removeIf(body -> body.isOver() || isEnded(body, now));
  }

  private boolean isEnded(Body body, long now) {
    if (!body.isSlow(now, config.bodyGrace().toNanos(), config.minBodyRate())) {
      return false;
    }
    count("body");
    body.end();
    return true;
  }

  private void count(String part) {
    registry.counter(MetricNames.CONNECTIONS_SLOW, "part", part).increment();
  }

  /** A body that is still coming, on a connection of its own or as one of several streams. */
  private static final class Body {
    private final HttpServerRequest request;
    private final @Nullable Pace pace;
    private final long declared;
    private long before;
    private long since;

    Body(HttpServerRequest request, @Nullable Pace pace, long now) {
      this.request = request;
      this.pace = pace;
      declared = BodyLimit.declared(request);
      since = now;
      before = bytes();
    }

    private long bytes() {
      return pace == null ? request.bytesRead() : pace.bytes();
    }

    /** All of it is there, or it was answered without. */
    boolean isOver() {
      return request.isEnded()
          || request.response().ended()
          || request.response().closed()
          || (pace != null && declared >= 0 && pace.ofRequest() >= declared);
    }

    boolean isSlow(long now, long graceNanos, int bytesPerSecond) {
      if (pace != null && pace.isHeldUp()) {
        since = now;
        before = bytes();
        return false;
      }
      long come = bytes() - before;
      return now - since > graceNanos && come < bytesPerSecond * ((now - since) / 1e9);
    }

    void end() {
      if (pace == null) {
        request.response().reset();
      } else {
        pace.close();
      }
    }
  }
}
