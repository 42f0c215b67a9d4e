package com.sutazai.platform.caller;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long a connection may be silent: as long as is set, or without a limit for a while. */
final class Silence {
  /** Names that the HTTP server gives its handlers. */
  private static final String IDLE = "idle";

  private static final String LAST = "handler";

  private final Duration longest;

  Silence(Duration longest) {
    this.longest = longest;
  }

  /** When to think of a connection that is silent now; well before it would be closed. */
  Duration soon() {
    return longest.dividedBy(4);
  }

  /** Lets a connection be silent without a limit. */
  void allow(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channelHandlerContext().pipeline();
      base.channelHandlerContext()
          .executor()
          .execute(
              () -> {
                if (pipeline.get(IDLE) != null) {
                  pipeline.remove(IDLE);
                }
              });
    }
  }

  /** Limits the silence of a connection again, where it was allowed. */
  void forbid(HttpConnection connection) {
    if (connection instanceof ConnectionBase base
        && base.channelHandlerContext().pipeline().get(IDLE) == null) {
      base.channelHandlerContext().executor().execute(() -> limit(base));
    }
  }

  private void limit(ConnectionBase connection) {
    ChannelPipeline pipeline = connection.channelHandlerContext().pipeline();
    if (pipeline.get(IDLE) == null && pipeline.get(LAST) != null && !longest.isZero()) {
      pipeline.addBefore(
          LAST, IDLE, new IdleStateHandler(0, 0, longest.toMillis(), TimeUnit.MILLISECONDS));
    }
  }
}
