package com.sutazai.platform.caller;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Keeps to itself what could not be written because its stream of HTTP/2 is over: the framework
 * takes any failure for one of the connection, and closes it with all its other streams. Stands
 * before the framework's handler.
 */
final class StreamFaults extends ChannelInboundHandlerAdapter {
  /** What the codec's complaints of a write to a stream that is over begin with. */
  private static final String STREAM = "Stream ";

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!isOfOneStream(cause)) {
      ctx.fireExceptionCaught(cause);
    }
  }

  static boolean isOfOneStream(Throwable cause) {
    Http2Exception told = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
    if (told != null) {
      return Http2Exception.isStreamError(told);
    }
    String message = cause.getMessage();
    return (cause instanceof IllegalArgumentException || cause instanceof IllegalStateException)
        && message != null
        && message.startsWith(STREAM);
  }
}
