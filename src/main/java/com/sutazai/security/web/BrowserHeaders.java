package com.sutazai.security.web;

import com.sutazai.security.proxy.Proxies;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Puts the header fields on every answer that keep browsers from guessing types, from showing it in
 * a frame of others, from telling others where a link was, and from running what is not ours.
 */
@Singleton
class BrowserHeaders {
  /** Before whatever may answer. */
  private static final int ORDER = 1990;

  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence TYPE_OPTIONS =
      HttpHeaders.createOptimized("X-Content-Type-Options");
  private static final CharSequence REFERRER_POLICY =
      HttpHeaders.createOptimized("Referrer-Policy");
  private static final CharSequence NO_REFERRER = HttpHeaders.createOptimized("no-referrer");
  private static final CharSequence RESOURCE_POLICY =
      HttpHeaders.createOptimized("Cross-Origin-Resource-Policy");
  private static final CharSequence SAME_ORIGIN = HttpHeaders.createOptimized("same-origin");
  private static final CharSequence CONTENT_POLICY =
      HttpHeaders.createOptimized("Content-Security-Policy");
  private static final CharSequence STRICT_TRANSPORT =
      HttpHeaders.createOptimized("Strict-Transport-Security");
  private static final CharSequence ONE_YEAR = HttpHeaders.createOptimized("max-age=31536000");

  private static final String SELF_ONLY =
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
          + " form-action 'self'; frame-ancestors 'none'";

  private static final CharSequence OURS = HttpHeaders.createOptimized(SELF_ONLY);

  /** Its page begins with a script and a style of its own, and sets styles on its elements. */
  private static final CharSequence SWAGGER =
      HttpHeaders.createOptimized(
          SELF_ONLY + "; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'");

  private final Proxies proxies;

  BrowserHeaders(Proxies proxies) {
    this.proxies = proxies;
  }

  void register(@Observes Filters filters) {
    filters.register(this::put, ORDER);
  }

  private void put(RoutingContext context) {
    HttpServerResponse response = context.response();
    response.putHeader(TYPE_OPTIONS, NOSNIFF);
    response.putHeader(REFERRER_POLICY, NO_REFERRER);
    response.putHeader(RESOURCE_POLICY, SAME_ORIGIN);
    String path = context.request().path();
    boolean swagger = path != null && path.startsWith("/q/swagger-ui");
    response.putHeader(CONTENT_POLICY, swagger ? SWAGGER : OURS);
    if (proxies.isSecure(context.request())) {
      response.putHeader(STRICT_TRANSPORT, ONE_YEAR);
    }
    context.next();
  }
}
