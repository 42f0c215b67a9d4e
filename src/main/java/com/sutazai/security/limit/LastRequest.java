package com.sutazai.security.limit;

import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;

/**
 * Makes a request the last one of its connection: it is answered, the connection ends, and what was
 * sent behind it is not looked at, be it there already.
 */
final class LastRequest {
  private static final AttributeKey<Boolean> MARK = AttributeKey.valueOf(LastRequest.class, "mark");

  private LastRequest() {}

  /** Over HTTP/2 requests do not follow each other: there it changes nothing. */
  static void mark(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.version() != HttpVersion.HTTP_2
        && request.connection() instanceof ConnectionBase connection) {
      connection.channel().attr(MARK).set(true);
      context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      context.addEndHandler(ended -> request.connection().close());
    }
  }

  /** Whether another one was the last. */
  static boolean isPast(HttpServerRequest request) {
    return request.connection() instanceof ConnectionBase connection
        && connection.channel().attr(MARK).get() != null;
  }
}
