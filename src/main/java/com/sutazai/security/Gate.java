package com.sutazai.security;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForms;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.id.Digests;
import com.sutazai.platform.id.Ids;
import com.sutazai.security.audit.Audit;
import com.sutazai.security.key.AccessMode;
import com.sutazai.security.key.KnownKeys;
import com.sutazai.security.key.Owners.Owner;
import com.sutazai.security.limit.BodyLimit;
import com.sutazai.security.limit.HttpConfig;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides who gets in before any route runs, on the event loop; only a key that is not known yet is
 * waited for.
 *
 * <p>Open mode exists on loopback only and defends against web pages and proxies: it answers only
 * local {@code Host} names and refuses foreign origins, cross-site fetches and forwarded requests.
 * Closed mode asks for credentials everywhere except at the doors that {@link Doors} names.
 */
@Singleton
class Gate {
  /** How to come in. */
  static final String HOW =
      "Send Authorization: Bearer with a key that POST /api/keys made, or with the one of SUTAZAI_ADMIN_KEY.";

  private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String REQUEST_ID = "X-Request-Id";
  private static final Pattern USABLE_ID = Pattern.compile("[\\w.:-]{1,64}");

  /**
   * A body up to this many bytes is read and dropped when its request is refused; over HTTP/2 any,
   * for other requests need the connection.
   */
  private static final long DROPPED_BYTES = 1 << 20;

  private final HttpConfig http;
  private final ErrorForms errors;
  private final Ids ids;
  private final AccessMode mode;
  private final Credentials credentials;
  private final ActingFor acting;
  private final Audit audit;
  private final byte @Nullable [] adminKey;

  Gate(
      SecurityConfig config,
      HttpConfig http,
      ErrorForms errors,
      Ids ids,
      AccessMode mode,
      Credentials credentials,
      ActingFor acting,
      Audit audit) {
    this.errors = errors;
    this.http = http;
    this.ids = ids;
    this.mode = mode;
    this.credentials = credentials;
    this.acting = acting;
    this.audit = audit;
    this.adminKey = config.adminKey().map(Digests::sha256).orElse(null);
  }

  /** Why a request is refused. */
  private record Refusal(ErrorCode code, String detail) {}

  /**
   * Runs before routing, also for paths that no REST resource serves (metrics, OpenAPI, files).
   * Every answer carries the request's id.
   */
  void check(RoutingContext context) {
    String given = context.request().getHeader(REQUEST_ID);
    boolean usable = given != null && USABLE_ID.matcher(given).matches();
    context.response().putHeader(REQUEST_ID, usable ? given : ids.next().toString());
    if (adminKey == null && !mode.closed()) {
      Refusal refusal = openMode(context.request());
      if (refusal == null) {
        admit(context, Caller.LOCAL);
      } else {
        refuse(context, refusal);
      }
      return;
    }
    String token = Credentials.bearer(context.request());
    if (token == null) {
      checkSession(context);
    } else if (adminKey != null && MessageDigest.isEqual(Digests.sha256(token), adminKey)) {
      admit(context, Caller.LOCAL);
    } else if (KnownKeys.isSession(token)) {
      refuseStranger(context, HOW);
    } else {
      check(context, token);
    }
  }

  /** A browser's; it sends its cookie along with whatever makes it send a request. */
  private void checkSession(RoutingContext context) {
    String session = Credentials.session(context.request());
    if (session == null) {
      refuseStranger(context, HOW);
    } else if (Doors.isOpen(context) || isOwnPage(context.request())) {
      check(context, session);
    } else {
      refuse(
          context,
          new Refusal(
              ErrorCode.FORBIDDEN,
              "With a session only pages of this server may change something: the request has no Origin of this server."));
    }
  }

  private static boolean isOwnPage(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    if (origin != null) {
      return isSameOrigin(origin, request);
    }
    String site = request.getHeader("Sec-Fetch-Site");
    boolean reads = request.method().name().matches("GET|HEAD");
    return site == null
        ? reads && request.getHeader("Upgrade") == null
        : site.equals("same-origin") || (reads && site.equals("none"));
  }

  private void check(RoutingContext context, String token) {
    CurrentCaller.putCredential(context, token);
    KnownKeys.Answer known = credentials.warm(token);
    if (known != null) {
      decide(context, known);
      return;
    }
    Context loop = Vertx.currentContext();
    keepBody(context.request());
    credentials
        .ask(token)
        .thenAccept(answer -> loop.runOnContext(later -> decide(context, answer)));
  }

  /** A body that comes while something is looked up waits for who reads it. */
  private static void keepBody(HttpServerRequest request) {
    boolean declared =
        request.getHeader(HttpHeaders.CONTENT_LENGTH) != null
            || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    boolean undeclared =
        request.version() == HttpVersion.HTTP_2 && !request.method().name().matches("GET|HEAD");
    if (declared || undeclared) {
      request.pause();
    }
  }

  private void decide(RoutingContext context, KnownKeys.Answer answer) {
    switch (answer) {
      case KnownKeys.Answer.Accepted accepted -> admit(context, accepted.caller());
      case KnownKeys.Answer.Refused refused -> refuseStranger(context, refused.detail());
      case KnownKeys.Answer.Unavailable unavailable -> {
        if (Doors.isOpen(context)) {
          context.next();
        } else {
          context.response().putHeader("Retry-After", "2");
          refuse(context, new Refusal(unavailable.code(), unavailable.detail()));
        }
      }
    }
  }

  private void admit(RoutingContext context, Caller caller) {
    Scope needed = Doors.needed(context);
    if (needed != null && !caller.may(needed)) {
      CurrentCaller.put(context, caller);
      refuse(context, new Refusal(ErrorCode.FORBIDDEN, caller.lacks(needed)));
      return;
    }
    String owner = ActingFor.named(context);
    if (owner == null || owner.equals(caller.ownerName())) {
      CurrentCaller.put(context, caller);
      context.next();
    } else {
      actFor(context, caller, owner);
    }
  }

  private void actFor(RoutingContext context, Caller caller, String owner) {
    if (!caller.admin()) {
      CurrentCaller.put(context, caller);
      refuse(
          context,
          new Refusal(
              ErrorCode.FORBIDDEN,
              "Only an admin may ask for things of other owners; leave owner out to see your own."));
      return;
    }
    Owner known = acting.known(owner);
    if (known != null) {
      actFor(context, caller, known);
      return;
    }
    Context loop = Vertx.currentContext();
    keepBody(context.request());
    acting
        .find(owner)
        .whenComplete(
            (found, failure) ->
                loop.runOnContext(
                    later -> {
                      if (failure == null) {
                        actFor(context, caller, found);
                      } else {
                        CurrentCaller.put(context, caller);
                        refuse(context, ActingFor.problem(failure));
                      }
                    }));
  }

  private void actFor(RoutingContext context, Caller caller, Owner owner) {
    audit.watch(context, caller, owner.name());
    CurrentCaller.put(context, caller.actingFor(owner.id(), owner.name()));
    context.next();
  }

  private void refuseStranger(RoutingContext context, String detail) {
    if (Doors.isOpen(context)) {
      context.next();
    } else {
      context.response().putHeader("WWW-Authenticate", "Bearer realm=\"sutazai\"");
      refuse(context, new Refusal(ErrorCode.UNAUTHENTICATED, detail));
    }
  }

  private void refuse(RoutingContext context, Refusal refusal) {
    if (refusal.code() == ErrorCode.UNAUTHENTICATED || refusal.code() == ErrorCode.FORBIDDEN) {
      audit.denied(context, CurrentCaller.of(context), refusal.code().status());
    }
    refuse(context, Problem.of(refusal.code(), refusal.detail(), null));
  }

  private void refuse(RoutingContext context, Problem problem) {
    HttpServerRequest request = context.request();
    if (BodyLimit.declared(request) > DROPPED_BYTES && request.version() != HttpVersion.HTTP_2) {
      context.response().putHeader("Connection", "close");
    } else {
      request.resume();
    }
    errors.refuse(context, problem);
  }

  private @Nullable Refusal openMode(HttpServerRequest request) {
    if (!isLocal(request.remoteAddress())) {
      return new Refusal(
          ErrorCode.FORBIDDEN,
          "Without credentials only callers on this machine are answered; set SUTAZAI_ADMIN_KEY.");
    }
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
    for (Map.Entry<String, String> field : request.headers()) {
      String name = field.getKey();
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

  /** Whether a request came over loopback. */
  static boolean isLocal(@Nullable SocketAddress from) {
    String address = from == null ? null : from.hostAddress();
    return address != null && InetAddress.ofLiteral(address).isLoopbackAddress();
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
