package com.sutazai.cache.http;

import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Cached;
import com.sutazai.cache.Region;
import com.sutazai.cache.http.CacheStatus.Forward;
import com.sutazai.cache.http.Turns.Turn;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Endpoint;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import io.quarkus.arc.All;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jspecify.annotations.Nullable;

/**
 * Stands before and behind the marked routes, where it may wait: asks the tiers below memory, lets
 * one of several like requests ask the resource, and keeps what that answers.
 */
@Singleton
class ResponseCache {
  private static final String EXCHANGE = "sutazai.cache.exchange";

  /** Filters that run on the event loop, and name the route, have to come before. */
  private static final int AFTER_OTHERS = Priorities.USER + 1000;

  private static final String X_CACHE = "X-Cache";

  private final KeptResponses responses;
  private final Answers answers;
  private final Map<String, CachedRoute> routes;
  private final Turns turns = new Turns();

  ResponseCache(KeptResponses responses, Answers answers, @All List<CachedRoute> routes) {
    this.responses = responses;
    this.answers = answers;
    this.routes =
        routes.stream().collect(Collectors.toMap(CachedRoute::endpoint, Function.identity()));
  }

  /** Answers what is kept; null lets the resource answer. */
  @CachedResponse
  @ServerRequestFilter(priority = AFTER_OTHERS)
  public @Nullable Response look(ContainerRequestContext request) throws InterruptedException {
    RoutingContext context = CurrentRequestManager.get().unwrap(RoutingContext.class);
    Caller caller = CurrentCaller.of(context);
    if (caller == null) {
      return null;
    }
    CachedRoute route = route(context);
    Region<StoredResponse> region = responses.region(route.region());
    CacheKey key = ResponseKey.of(caller, context.request());
    Asked asked = Asked.of(context.request().headers());
    boolean head = request.getMethod().equals(HttpMethod.HEAD);
    Forward why = Forward.REQUEST;
    if (!asked.anew()) {
      Cached<StoredResponse> kept = region.find(key).orElse(null);
      if (kept != null && asked.takes(kept) && !asked.hasAnotherThan(kept.value().head().etag())) {
        return hit(kept, asked, head);
      }
      why = kept == null ? Forward.URI_MISS : Forward.REQUEST;
      if (kept == null && turns.underWay(key)) {
        Cached<StoredResponse> late = region.late(key).filter(asked::takesLate).orElse(null);
        if (late != null) {
          return hit(late, asked, head);
        }
      }
    }
    if (asked.onlyKept()) {
      return notKept();
    }
    Turn turn = why == Forward.URI_MISS && asked.mayKeep() ? turns.take(key) : new Turn.Alone();
    Optional<Cached<StoredResponse>> meanwhile =
        turn instanceof Turn.Alone ? Optional.empty() : region.collapsed(key).filter(asked::takes);
    if (meanwhile.isPresent()) {
      turns.end(key, turn);
      return response(meanwhile.get(), asked, head, CacheStatus.collapsed(), "MISS");
    }
    region.missed();
    Set<String> tags = route.tags(request.getUriInfo().getPathParameters());
    request.setProperty(
        EXCHANGE, new Exchange(region, key, tags, asked, why, turn, region.begin()));
    return null;
  }

  private CachedRoute route(RoutingContext context) {
    String endpoint = Endpoint.find(context);
    CachedRoute route = endpoint == null ? null : routes.get(endpoint);
    if (route == null) {
      throw new IllegalStateException(endpoint + " is marked, and no bean says how it is kept");
    }
    return route;
  }

  private static Response hit(Cached<StoredResponse> kept, Asked asked, boolean head) {
    return response(kept, asked, head, CacheStatus.hit(kept), "HIT");
  }

  private static Response response(
      Cached<StoredResponse> kept, Asked asked, boolean head, String status, String hitOrMiss) {
    StoredResponse stored = kept.value();
    boolean known = asked.has(stored.head().etag());
    var response = Response.status(known ? Response.Status.NOT_MODIFIED : Response.Status.OK);
    stored.forEachField(
        !known, (name, value) -> response.header(name.toString(), value.toString()));
    response
        .header("Age", kept.age().toSeconds())
        .header(CacheStatus.HEADER, status)
        .header(X_CACHE, hitOrMiss);
    return known || head ? response.build() : response.entity(stored.body().getBytes()).build();
  }

  private static Response notKept() {
    Problem problem =
        Problem.of(ErrorCode.NOT_CACHED, "The request has Cache-Control: only-if-cached.", null);
    return Response.status(problem.status())
        .type(Problem.MEDIA_TYPE)
        .header(CacheStatus.HEADER, CacheStatus.notAsked())
        .header(X_CACHE, "MISS")
        .header(HttpHeaders.CACHE_CONTROL, KeptResponses.ASK_FIRST)
        .entity(problem)
        .build();
  }

  /** Keeps the resource's answer, and sends the bytes that are kept. */
  @CachedResponse
  @ServerResponseFilter
  public void keep(ContainerRequestContext request, ContainerResponseContext response) {
    if (!(request.getProperty(EXCHANGE) instanceof Exchange exchange)) {
      return;
    }
    request.removeProperty(EXCHANGE);
    try {
      boolean head = request.getMethod().equals(HttpMethod.HEAD);
      Answers.Outcome outcome = answers.keep(exchange, response, head);
      turns.note(exchange.key(), outcome.keepable());
      var headers = response.getHeaders();
      headers.putSingle(CacheStatus.HEADER, CacheStatus.forwarded(outcome.why(), outcome.stored()));
      headers.putSingle(X_CACHE, "MISS");
    } finally {
      turns.end(exchange.key(), exchange.turn());
    }
  }
}
