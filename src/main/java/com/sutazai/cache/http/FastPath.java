package com.sutazai.cache.http;

import com.sutazai.cache.Cached;
import com.sutazai.cache.Region;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Endpoint;
import com.sutazai.platform.caller.Scope;
import io.quarkus.arc.All;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers from memory, on the event loop, before any route is looked for. What is not there, or not
 * wanted from there, goes on.
 */
@Singleton
class FastPath {
  /** After the gate, which says whose request it is; an answer from here takes no place. */
  private static final int ORDER = 950;

  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized(CacheStatus.HEADER);
  private static final CharSequence X_CACHE = HttpHeaders.createOptimized("X-Cache");
  private static final CharSequence HIT = HttpHeaders.createOptimized("HIT");
  private static final int NOT_MODIFIED = 304;

  private final Prefix[] prefixes;

  FastPath(KeptResponses responses, @All List<CachedRoute> routes) {
    prefixes =
        routes.stream()
            .flatMap(
                route ->
                    route.prefixes().stream()
                        .map(
                            start ->
                                new Prefix(start, route.scope(), responses.region(route.region()))))
            .toArray(Prefix[]::new);
  }

  /** What paths of a route begin with, what it requires, and where its answers are. */
  private record Prefix(String start, Scope scope, Region<StoredResponse> region) {}

  void register(@Observes Filters filters) {
    filters.register(this::look, ORDER);
  }

  private void look(RoutingContext context) {
    HttpServerRequest request = context.request();
    Prefix route = route(request);
    Caller caller = route == null ? null : CurrentCaller.of(context);
    if (route == null || caller == null || !caller.may(route.scope())) {
      context.next();
      return;
    }
    Region<StoredResponse> region = route.region();
    Asked asked = Asked.of(request.headers());
    Cached<StoredResponse> kept =
        asked.anew() ? null : region.peek(ResponseKey.of(caller, request)).orElse(null);
    if (kept == null || !asked.takes(kept) || asked.hasAnotherThan(kept.value().head().etag())) {
      context.next();
    } else {
      answer(context, kept, asked);
    }
  }

  /** What may have the answer; null when no answer to such a request is kept. */
  private @Nullable Prefix route(HttpServerRequest request) {
    HttpMethod method = request.method();
    if (method == HttpMethod.GET || method == HttpMethod.HEAD) {
      String path = request.path();
      for (Prefix prefix : prefixes) {
        if (path.startsWith(prefix.start())) {
          return prefix;
        }
      }
    }
    return null;
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
