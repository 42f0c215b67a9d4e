package com.sutazai.security;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForms;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.id.Digests;
import com.sutazai.platform.id.Ids;
import com.sutazai.security.limit.HttpConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides who gets in before any route runs.
 *
 * <p>Open mode (no {@code SUTAZAI_ADMIN_KEY}) exists on loopback only and defends against web pages
 * and proxies: it answers only local {@code Host} names and refuses foreign origins, cross-site
 * fetches and forwarded requests. Closed mode asks for the key everywhere except {@code GET
 * /health} and {@code /q/health/*}.
 */
@Singleton
class Gate {
  private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String REQUEST_ID = "X-Request-Id";
  private static final Pattern USABLE_ID = Pattern.compile("[\\w.:-]{1,64}");

  private final SecurityConfig config;
  private final HttpConfig http;
  private final ErrorForms errors;
  private final Ids ids;

  Gate(SecurityConfig config, HttpConfig http, ErrorForms errors, Ids ids) {
    this.config = config;
    this.errors = errors;
    this.http = http;
    this.ids = ids;
  }

  /** What is decided about a request. */
  sealed interface Verdict {
    /** Let in; the caller is null where the route is open and no credentials came. */
    record Admitted(@Nullable Caller caller) implements Verdict {}
  }

  /** Why a request is refused. */
  private record Refusal(ErrorCode code, String detail) implements Verdict {}

  /**
   * Runs before routing, also for paths that no REST resource serves (metrics, OpenAPI, files).
   * Every answer carries the request's id.
   */
  void check(RoutingContext context) {
    String given = context.request().getHeader(REQUEST_ID);
    boolean usable = given != null && USABLE_ID.matcher(given).matches();
    context.response().putHeader(REQUEST_ID, usable ? given : ids.next().toString());
    switch (verdict(context.request())) {
      case Refusal refusal -> refuse(context, refusal);
      case Verdict.Admitted admitted -> {
        if (admitted.caller() != null) {
          CurrentCaller.put(context, admitted.caller());
        }
        context.next();
      }
    }
  }

  private void refuse(RoutingContext context, Refusal refusal) {
    if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
      context.response().putHeader("WWW-Authenticate", "Bearer realm=\"sutazai\"");
    }
    errors.refuse(context, Problem.of(refusal.code(), refusal.detail(), null));
  }

  private Verdict verdict(HttpServerRequest request) {
    Optional<String> key = config.adminKey();
    if (key.isPresent()) {
      return credentials(request, key.get());
    }
    Refusal refusal = openMode(request);
    return refusal == null ? new Verdict.Admitted(Caller.LOCAL) : refusal;
  }

  private static Verdict credentials(HttpServerRequest request, String key) {
    String header = request.getHeader("Authorization");
    String given =
        header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
            ? header.substring(7).strip()
            : "";
    if (MessageDigest.isEqual(Digests.sha256(given), Digests.sha256(key))) {
      return new Verdict.Admitted(Caller.LOCAL);
    }
    boolean health = request.path().equals("/health") || request.path().startsWith("/q/health");
    if (health && request.method().name().matches("GET|HEAD")) {
      return new Verdict.Admitted(null);
    }
    return new Refusal(
        ErrorCode.UNAUTHENTICATED, "Send Authorization: Bearer with the key of SUTAZAI_ADMIN_KEY.");
  }

  private @Nullable Refusal openMode(HttpServerRequest request) {
    String host = request.authority() == null ? "" : request.authority().host();
    if (!isAllowedHost(host)) {
      return new Refusal(
          ErrorCode.FORBIDDEN,
          "Without credentials only the hosts localhost, 127.0.0.1 and [::1] are answered; "
              + "add this one to SUTAZAI_HTTP_ALLOWED_HOSTS or set SUTAZAI_ADMIN_KEY.");
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !isSameOrigin(origin, request)) {
      return new Refusal(
          ErrorCode.FORBIDDEN, "Requests of other origins are refused; set SUTAZAI_ADMIN_KEY.");
    }
    if ("cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
      return new Refusal(
          ErrorCode.FORBIDDEN, "Cross-site requests are refused; set SUTAZAI_ADMIN_KEY.");
    }
    for (String name : request.headers().names()) {
      if (name.equalsIgnoreCase("Forwarded")
          || name.regionMatches(true, 0, "X-Forwarded-", 0, 12)) {
        return new Refusal(
            ErrorCode.FORBIDDEN,
            "A proxy stands before this server ("
                + name
                + "), so callers are not local: set SUTAZAI_ADMIN_KEY.");
      }
    }
    return null;
  }

  private boolean isAllowedHost(String host) {
    String bare = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    return LOCAL_HOSTS.contains(bare.toLowerCase(java.util.Locale.ROOT))
        || http.allowedHosts().map(hosts -> hosts.contains(host)).orElse(false);
  }

  private static boolean isSameOrigin(String origin, HttpServerRequest request) {
    try {
      URI uri = URI.create(origin);
      return uri.getHost() != null
          && uri.getAuthority().equalsIgnoreCase(String.valueOf(request.authority()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
