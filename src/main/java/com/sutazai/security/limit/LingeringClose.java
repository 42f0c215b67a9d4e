package com.sutazai.security.limit;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection whose last request was answered before all of it had come. Closed at once it
 * would be reset by what still comes, and the answer lost with it (RFC 9112, 9.6); so the client is
 * told that nothing more is said, and what it sends is read and dropped until it ends or five
 * seconds have passed, as long as nginx gives a client that is silent.
 */
final class LingeringClose extends ChannelDuplexHandler {
  static final long MILLIS = 5000;

  private boolean coming;
  private @Nullable ChannelPromise ending;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpObject part) { // what cannot be read has no end
      coming = !(part instanceof LastHttpContent) || part.decoderResult().isFailure();
    }
    if (ending == null) {
      ctx.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
      end(ctx);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!coming || ending != null || !ctx.channel().isActive()) {
      ctx.close(promise);
      return;
    }
    ending = promise;
    sayNothingMore(ctx);
    var _ =
        ctx.executor()
            .schedule(
                () -> {
                  coming = false;
                  end(ctx);
                },
                MILLIS,
                TimeUnit.MILLISECONDS);
    ctx.channel().config().setAutoRead(true); // who waited for a reader of the body waits no more
    ctx.read();
  }

  private static void sayNothingMore(ChannelHandlerContext ctx) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else if (ctx.channel() instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    }
  }

  private void end(ChannelHandlerContext ctx) {
    if (!coming && ending != null) {
      ctx.close(ending);
    }
  }
}
