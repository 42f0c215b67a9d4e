package com.sutazai.security;

import com.sutazai.platform.error.ErrorCode;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Bounds what a request may send: by its declared length here, else while it is read, by {@link
 * CountingReader}.
 */
@Singleton
class BodyLimit {
  /** After the framework's own limit (order -2), which this one narrows, and before the routes. */
  private static final int ORDER = -1;

  private static final Set<String> BULK =
      Set.of("/api/tasks/bulk", "/api/v1/tasks/bulk", "/api/chat", "/v1/chat/completions");

  private final HttpConfig config;

  BodyLimit(HttpConfig config) {
    this.config = config;
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
    HttpServerRequest request = context.request();
    Limit limit = limit(request.path());
    String declared = request.getHeader("Content-Length");
    if (declared != null
        && declared.matches("\\d{1,18}")
        && Long.parseLong(declared) > limit.bytes()) {
      Gate.refuse(context, new Gate.Refusal(ErrorCode.PAYLOAD_TOO_LARGE, limit.refusal()));
    } else {
      context.put(Limit.class.getName(), limit);
      context.next();
    }
  }

  private Limit limit(String path) {
    return BULK.contains(path)
        ? new Limit(config.maxBulkBody().asLongValue(), "sutazai.http.max-bulk-body")
        : new Limit(config.maxBody().asLongValue(), "sutazai.http.max-body");
  }
}
