package com.sutazai.security;

import com.sutazai.platform.error.ErrorCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;

/** Bounds what a request may send: by its declared length at once, else while it is read. */
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

  private record Limit(long bytes, String key) {
    Gate.Refusal refusal() {
      return new Gate.Refusal(
          ErrorCode.PAYLOAD_TOO_LARGE,
          "The body must have at most " + bytes + " bytes (" + key + ").");
    }
  }

  void register(@Observes Router router) {
    router.route().order(ORDER).handler(this::check);
  }

  private void check(RoutingContext context) {
    HttpServerRequest request = context.request();
    Limit limit = limit(request.path());
    String declared = request.getHeader("Content-Length");
    if (declared == null) {
      boolean chunked = request.getHeader("Transfer-Encoding") != null || !request.isEnded();
      if (chunked) {
        collect(context, limit);
        return;
      }
    } else if (declared.matches("\\d{1,18}") && Long.parseLong(declared) > limit.bytes()) {
      Gate.refuse(context, limit.refusal());
      return;
    }
    context.next();
  }

  private Limit limit(String path) {
    return BULK.contains(path)
        ? new Limit(config.maxBulkBody().asLongValue(), "sutazai.http.max-bulk-body")
        : new Limit(config.maxBody().asLongValue(), "sutazai.http.max-body");
  }

  /** A body of unknown length is read here, up to the limit, and handed on whole. */
  private static void collect(RoutingContext context, Limit limit) {
    HttpServerRequest request = context.request();
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (context.response().ended()) {
            return;
          }
          if (body.length() + chunk.length() > limit.bytes()) {
            Gate.refuse(context, limit.refusal());
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(
        end -> {
          if (!context.response().ended()) {
            ((RoutingContextInternal) context).setBody(body);
            context.next();
          }
        });
  }
}
