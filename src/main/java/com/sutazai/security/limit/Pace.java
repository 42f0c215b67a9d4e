package com.sutazai.security.limit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Notes when the head of a request began to come on one connection, and how much of a body has
 * come. Over HTTP/2 heads come whole or not at all, and bodies are counted by their streams.
 */
final class Pace extends ChannelInboundHandlerAdapter {
  static final AttributeKey<Pace> KEY = AttributeKey.valueOf(Pace.class, "pace");

  private static final long NONE = Long.MIN_VALUE;
  private static final byte[] TOO_SLOW =
      "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final long taken = System.nanoTime();
  private volatile long headSince = NONE;
  private volatile long bytes;
  private volatile long before;
  private volatile long declared;
  private volatile @Nullable HttpServerRequest request;
  private @Nullable ChannelHandlerContext context;

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // one event loop writes
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (request == null || isOver(request)) {
      request = null;
      if (headSince == NONE) {
        headSince = System.nanoTime();
        before = bytes;
      }
    }
    if (message instanceof ByteBuf buffer) {
      bytes += buffer.readableBytes();
    }
    ctx.fireChannelRead(message);
  }

  /** A body that nobody reads never ends for the framework, but all of it may have come. */
  private boolean isOver(HttpServerRequest last) {
    return last.response().ended() && (last.isEnded() || ofRequest() >= declared);
  }

  /** The head is there; a body of so many bytes follows. */
  void begin(HttpServerRequest next, long length) {
    headSince = NONE;
    declared = length;
    request = next;
  }

  /** Bytes of the request at hand that have come, its head included. */
  long ofRequest() {
    return bytes - before;
  }

  /** Bytes that have come on this connection. */
  long bytes() {
    return bytes;
  }

  /** Whether a head has been coming for so long. */
  boolean isHeadLate(long now, long nanos) {
    long since = headSince;
    return since != NONE
        && now - since > nanos
        && context != null
        && context.pipeline().get(Http2ConnectionHandler.class) == null;
  }

  /**
   * Whether nothing has ever come on it for so long: the framework minds what has begun to speak.
   */
  boolean isSilent(long now, long nanos) {
    return bytes == 0 && now - taken > nanos;
  }

  /** Whether this process leaves unread what comes: then the client is not the slow one. */
  boolean isHeldUp() {
    return context != null && !context.channel().config().isAutoRead();
  }

  /** Says that the head took too long, and ends the connection. */
  void endLateHead() {
    if (context != null) {
      var answer = context.alloc().buffer(TOO_SLOW.length).writeBytes(TOO_SLOW);
      context.writeAndFlush(answer).addListener(sent -> close());
    }
  }

  void close() {
    if (context != null) {
      var _ = context.channel().close();
    }
  }
}
