package com.sutazai.platform.caller;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** When streams of HTTP/2 are over, however they ended. */
final class Streams {
  private Streams() {}

  /** Tells the id of each stream that is over from now on; nothing without HTTP/2. */
  static void watch(HttpConnection connection, IntConsumer over) {
    Http2Connection streams = streams(connection);
    if (streams != null) {
      streams.addListener(
          new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
              over.accept(stream.id());
            }
          });
    }
  }

  /** Tells that the stream is over, if it is already, to someone who listens only now. */
  static void checkOpen(HttpConnection connection, int stream, IntConsumer over) {
    if (stream > 0 && connection instanceof ConnectionBase base) {
      EventExecutor loop = base.channelHandlerContext().executor();
      Http2Connection streams = streams(connection);
      if (streams == null) {
        return;
      }
      Runnable look =
          () -> {
            if (streams.stream(stream) == null) {
              over.accept(stream);
            }
          };
      if (loop.inEventLoop()) {
        look.run(); // a key may have been waited for since the request came
      } else {
        loop.execute(look);
      }
    }
  }

  private static @Nullable Http2Connection streams(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      var handler = base.channelHandlerContext().pipeline().get(Http2ConnectionHandler.class);
      return handler == null ? null : handler.connection();
    }
    return null;
  }
}
