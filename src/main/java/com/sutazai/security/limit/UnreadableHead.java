package com.sutazai.security.limit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Makes of the head of a request that could not be read, because it is too long or malformed, a
 * request that {@link RequestShape} refuses in words. The framework by itself would answer it with
 * a status alone, and end the connection without saying so.
 *
 * <p>It is the last request of its connection, and never ends: {@link LingeringClose} minds the
 * rest.
 */
final class UnreadableHead extends ChannelInboundHandlerAdapter {
  /** Name that the HTTP server gives the handler which reads heads. */
  private static final String READER = "httpDecoder";

  /** Why a head could not be read; it counts as a success, else no filter would see the request. */
  private static final class Why extends DecoderResult {
    private final Throwable reason;

    Why(Throwable reason) {
      super(reason);
      this.reason = reason;
    }

    @Override
    public boolean isFinished() {
      return true;
    }

    @Override
    public boolean isSuccess() {
      return true;
    }

    @Override
    public boolean isFailure() {
      return false;
    }
  }

  /** Waits for the first bytes: only then is it known whether HTTP/1 is spoken. */
  private static final class Install extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ChannelPipeline pipeline = ctx.pipeline();
      if (pipeline.get(READER) != null) {
        pipeline.addAfter(READER, "sutazai-head", new UnreadableHead());
        pipeline.addAfter(READER, "sutazai-close", new LingeringClose());
      }
      pipeline.remove(this);
      ctx.fireChannelRead(message);
    }
  }

  /** For a connection on which nothing was read yet. */
  static void install(ChannelPipeline pipeline) {
    pipeline.addLast("sutazai-head-install", new Install());
  }

  /** Why the head of this request could not be read; null when it was. */
  static @Nullable Throwable why(HttpServerRequest request) {
    return request.decoderResult() instanceof Why why ? why.reason : null;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request && request.decoderResult().isFailure()) {
      DefaultHttpRequest readable = readable(request);
      ReferenceCountUtil.release(message);
      ctx.fireChannelRead(readable);
      ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private static DefaultHttpRequest readable(HttpRequest request) {
    Throwable cause = request.decoderResult().cause();
    boolean lineWasRead =
        cause instanceof TooLongHttpHeaderException && request.uri().startsWith("/");
    var readable =
        lineWasRead
            ? new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.uri())
            : new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    readable.headers().set(HttpHeaderNames.HOST, "localhost");
    readable.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    readable.setDecoderResult(new Why(cause));
    return readable;
  }
}
