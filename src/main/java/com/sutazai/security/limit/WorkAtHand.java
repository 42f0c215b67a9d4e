package com.sutazai.security.limit;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Priorities;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/** Tells a request's {@link Place} when its method begins and when it has ended. */
class WorkAtHand {
  /** When the body is there, and before anything waits. */
  private static final int AFTER_BODY = Priorities.USER + 500;

  /** Runs on the event loop, which hears there too that a caller leaves. */
  @ServerRequestFilter(nonBlocking = true, priority = AFTER_BODY)
  public void begin(ResteasyReactiveContainerRequestContext rest) {
    ResteasyReactiveRequestContext request = CurrentRequestManager.get();
    Place place = Place.of(request.unwrap(RoutingContext.class));
    if (place == null) {
      return;
    }
    if (place.begin()) {
      request.registerCompletionCallback(ended -> place.done());
    } else {
      rest.suspend(); // for ever: nobody is there to be answered
    }
  }
}
