package com.sutazai.security;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.quarkus.vertx.http.runtime.security.SecurityHandlerPriorities;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.BiConsumer;

/**
 * Spares each request what the framework prepares for its own authentication, which lets everybody
 * in here: the {@link Gate} decides that. In case it failed, the framework would look for the
 * request's route beforehand, in an index of all routes that it makes anew for that.
 */
@Singleton
class UnusedAuthentication {
  /** Right after the framework's, and before what it puts behind that. */
  private static final int ORDER = SecurityHandlerPriorities.AUTHENTICATION;

  private static final BiConsumer<RoutingContext, Throwable> FAIL = RoutingContext::fail;

  void register(@Observes Filters filters) {
    filters.register(UnusedAuthentication::prepareNothing, ORDER);
  }

  private static void prepareNothing(RoutingContext context) {
    context.put(QuarkusHttpUser.AUTH_FAILURE_HANDLER, FAIL);
    context.next();
  }
}
