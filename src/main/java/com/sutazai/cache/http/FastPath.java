package com.sutazai.cache.http;

import com.sutazai.cache.Cached;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Endpoint;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Answers from memory, on the event loop, before any route is looked for. What is not there, or not
 * wanted from there, goes on.
 */
@Singleton
class FastPath {
  /** After the gate, which says whose request it is; an answer from here takes no place. */
  private static final int ORDER = 950;

  private static final String ROUTES = "/api/";
  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized(CacheStatus.HEADER);
  private static final CharSequence X_CACHE = HttpHeaders.createOptimized("X-Cache");
  private static final CharSequence HIT = HttpHeaders.createOptimized("HIT");
  private static final int NOT_MODIFIED = 304;

  private final KeptResponses responses;

  FastPath(KeptResponses responses) {
    this.responses = responses;
  }

  void register(@Observes Filters filters) {
    filters.register(this::look, ORDER);
  }

  private void look(RoutingContext context) {
    HttpServerRequest request = context.request();
    Caller caller = isCandidate(request) ? CurrentCaller.of(context) : null;
    if (caller == null) {
      context.next();
      return;
    }
    Asked asked = Asked.of(request.headers());
    Cached<StoredResponse> kept =
        asked.anew() ? null : responses.peek(ResponseKey.of(caller, request));
    if (kept == null || !asked.takes(kept) || asked.hasAnotherThan(kept.value().head().etag())) {
      context.next();
    } else {
      answer(context, kept, asked);
    }
  }

  private static boolean isCandidate(HttpServerRequest request) {
    HttpMethod method = request.method();
    return (method == HttpMethod.GET || method == HttpMethod.HEAD)
        && request.path().startsWith(ROUTES);
  }

  private static void answer(RoutingContext context, Cached<StoredResponse> kept, Asked asked) {
    StoredResponse stored = kept.value();
    Endpoint.put(context, stored.head().endpoint());
    HttpServerResponse response = context.response();
    boolean known = asked.has(stored.head().etag());
    stored.forEachField(!known, response::putHeader);
    response
        .putHeader(HttpHeaders.AGE, Long.toString(kept.age().toSeconds()))
        .putHeader(CACHE_STATUS, CacheStatus.hit(kept))
        .putHeader(X_CACHE, HIT);
    context.request().resume(); // a body is read and dropped, so the connection goes on
    if (known) {
      response.setStatusCode(NOT_MODIFIED).end();
    } else if (context.request().method() == HttpMethod.HEAD) {
      response.end();
    } else {
      response.end(stored.body());
    }
  }
}
