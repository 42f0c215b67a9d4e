package com.sutazai.platform.caller;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection of HTTP/2: tells when they are over, however they ended, and keeps
 * each of them from ending or holding up the others.
 */
final class Streams {
  private static final String FAULTS = "sutazai-stream-faults";

  private final Http2ConnectionHandler http2;
  private final ChannelHandlerContext context;
  private final Heard heard;
  private final Untaken untaken;

  private Streams(Http2ConnectionHandler http2, ChannelHandlerContext context, Heard heard) {
    this.http2 = http2;
    this.context = context;
    this.heard = heard;
    untaken = new Untaken(http2, context, heard);
  }

  /** Who is told what happens to a stream, on the event loop. */
  interface Heard {
    /** It is about to end before its answer was taken, by this side or the other. */
    void ends(int stream);

    /** It is over. */
    void over(int stream);
  }

  /** Those of this connection; null without HTTP/2. */
  static @Nullable Streams of(HttpConnection connection, Heard heard) {
    if (connection instanceof ConnectionBase base) {
      var context = base.channelHandlerContext().pipeline().context(Http2ConnectionHandler.class);
      return context == null
          ? null
          : new Streams((Http2ConnectionHandler) context.handler(), context, heard);
    }
    return null;
  }

  /** Tells of all streams from now on. */
  void watch() {
    http2
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                untaken.forget(stream.id());
                heard.over(stream.id());
              }
            });
    onLoop(
        () -> {
          http2.decoder().frameListener(new Frames(http2.decoder().frameListener()));
          if (context.pipeline().get(FAULTS) == null && !context.isRemoved()) {
            context.pipeline().addBefore(context.name(), FAULTS, new StreamFaults());
          }
        });
  }

  /** Tells that the stream is over, if it is already, to someone who listens only now. */
  void checkOpen(int stream) {
    onLoop( // a key may have been waited for since the request came
        () -> {
          if (http2.connection().stream(stream) == null) {
            heard.over(stream);
          }
        });
  }

  /** Ends those whose answer waits to be taken, and of which nothing was taken for so long. */
  void endThoseNotTaken(long now, long nanos) {
    onLoop(() -> untaken.end(now, nanos));
  }

  private void onLoop(Runnable action) {
    EventExecutor loop = context.executor();
    if (loop.inEventLoop()) {
      action.run();
    } else {
      loop.execute(action);
    }
  }

  /** Hears frames before the framework does. */
  private final class Frames extends Http2FrameListenerDecorator {
    Frames(Http2FrameListener framework) {
      super(framework);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int stream, long code)
        throws Http2Exception {
      heard.ends(stream);
      super.onRstStreamRead(ctx, stream, code);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int stream, int bytes)
        throws Http2Exception {
      untaken.forget(stream);
      super.onWindowUpdateRead(ctx, stream, bytes);
    }
  }
}
