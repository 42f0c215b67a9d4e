package com.sutazai.security.web;

import com.sutazai.security.limit.HttpConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of listed origins read answers. A browser asks first, without credentials, whether it
 * may send a request; that question is answered here, before the gate. Cookies are not allowed with
 * it: such a page sends a key.
 */
@Singleton
class Cors {
  private static final int ORDER = 1980;
  private static final String NEVER_LISTED = "null";
  private static final String ASKS = "Access-Control-Request-Method";
  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String HEADERS =
      "Authorization, Content-Type, Accept, Cache-Control, Idempotency-Key, If-Match,"
          + " If-None-Match, Last-Event-ID, Prefer, X-Request-Id";
  private static final String EXPOSED =
      "Age, Cache-Status, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy,"
          + " Retry-After, Server-Timing, X-Cache, X-Request-Id, x-ratelimit-limit-requests,"
          + " x-ratelimit-limit-tokens, x-ratelimit-remaining-requests,"
          + " x-ratelimit-remaining-tokens, x-ratelimit-reset-requests, x-ratelimit-reset-tokens";
  private static final String SECONDS = "600";
  private static final String WISHES = "Access-Control-Request-Headers";
  private static final int LONGEST_WISHES = 1024;
  private static final Pattern NAMES = Pattern.compile("[\\w-]+(?: ?, ?[\\w-]+)*");

  private final Set<String> origins;

  Cors(HttpConfig config) {
    origins = config.corsOrigins().orElse(Set.of());
  }

  void register(@Observes Filters filters) {
    if (!origins.isEmpty()) {
      filters.register(this::check, ORDER);
    }
  }

  private void check(RoutingContext context) {
    HttpServerRequest request = context.request();
    HttpServerResponse response = context.response();
    response.putHeader("Vary", "Origin");
    String origin = request.getHeader("Origin");
    if (origin == null || origin.equals(NEVER_LISTED) || !origins.contains(origin)) {
      context.next();
      return;
    }
    response.putHeader("Access-Control-Allow-Origin", origin);
    response.putHeader("Access-Control-Expose-Headers", EXPOSED);
    response.putHeader("Cross-Origin-Resource-Policy", "cross-origin");
    if (request.method() == HttpMethod.OPTIONS && request.getHeader(ASKS) != null) {
      response
          .putHeader("Access-Control-Allow-Methods", METHODS)
          .putHeader("Access-Control-Allow-Headers", allowed(request.getHeader(WISHES)))
          .putHeader("Access-Control-Max-Age", SECONDS)
          .setStatusCode(204)
          .end();
    } else {
      context.next();
    }
  }

  /**
   * What a page of a listed origin wishes to send, for client libraries have fields of their own.
   */
  private static String allowed(@Nullable String wishes) {
    return wishes != null && wishes.length() <= LONGEST_WISHES && NAMES.matcher(wishes).matches()
        ? wishes
        : HEADERS;
  }
}
