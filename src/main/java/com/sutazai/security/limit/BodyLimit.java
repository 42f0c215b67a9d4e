package com.sutazai.security.limit;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForms;
import com.sutazai.platform.error.Problem;
import io.quarkus.arc.All;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Set;

/**
 * Bounds what a request may send: by its declared length here, else while it is read, by {@link
 * BodyReader}.
 *
 * <p>Made at its first use, as an application-scoped bean is: {@code BodyReader} is made when there
 * are no settings yet.
 */
@ApplicationScoped
public class BodyLimit {
  /** Before the routes; the framework's own limit is switched off. */
  private static final int ORDER = -1;

  private static final Set<String> BULK =
      Set.of(
          "/api/tasks/bulk",
          "/api/v1/tasks/bulk",
          "/api/documents",
          "/api/v1/documents",
          "/api/generate",
          "/api/chat",
          "/api/embed",
          "/v1/chat/completions",
          "/v1/responses",
          "/v1/embeddings");

  private static final Limit OWN = new Limit(Long.MAX_VALUE, "the route's own");

  private final HttpConfig config;
  private final List<OwnBodyLimit> own;
  private final ErrorForms errors;

  BodyLimit(HttpConfig config, @All List<OwnBodyLimit> own, ErrorForms errors) {
    this.errors = errors;
    this.config = config;
    this.own = own;
  }

  /** What a request may send, and the setting that says so. */
  record Limit(long bytes, String key) {
    String refusal() {
      return "The body must have at most " + bytes + " bytes (" + key + ").";
    }
  }

  void register(@Observes Router router) {
    router.route().order(ORDER).handler(this::checkDeclared);
  }

  private void checkDeclared(RoutingContext context) {
    Limit limit = of(context.request());
    if (declared(context.request()) > limit.bytes()) {
      errors.refuse(context, Problem.of(ErrorCode.PAYLOAD_TOO_LARGE, limit.refusal(), null));
    } else {
      context.next();
    }
  }

  /**
   * The length that the request declares, in bytes, {@link Long#MAX_VALUE} where it is larger
   * still; negative when it declares none.
   */
  public static long declared(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null || !isNumber(length)) {
      return -1;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException tooLarge) {
      return Long.MAX_VALUE;
    }
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** What this request may send. */
  Limit of(HttpServerRequest request) {
    String method = request.method().name();
    for (OwnBodyLimit routes : own) {
      if (routes.covers(method, request.path())) {
        return OWN;
      }
    }
    return BULK.contains(request.path())
        ? new Limit(config.maxBulkBody().asLongValue(), "sutazai.http.max-bulk-body")
        : new Limit(config.maxBody().asLongValue(), "sutazai.http.max-body");
  }
}
