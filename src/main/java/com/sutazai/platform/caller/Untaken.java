package com.sutazai.platform.caller;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Streams of one connection whose reader takes nothing while something waits for it. A silent
 * connection is closed, but that of such a stream need not be silent. Used on the event loop.
 */
final class Untaken {
  private final Http2ConnectionHandler http2;
  private final ChannelHandlerContext context;
  private final Streams.Heard heard;
  private final Map<Integer, Seen> waiting = new HashMap<>();

  Untaken(Http2ConnectionHandler http2, ChannelHandlerContext context, Streams.Heard heard) {
    this.http2 = http2;
    this.context = context;
    this.heard = heard;
  }

  /** How many bytes the reader would take when it was first seen to take none. */
  private record Seen(int room, long at) {}

  /** It takes something, or is over. */
  void forget(int stream) {
    waiting.remove(stream);
  }

  /**
   * Resets those that have not moved for so long. Where the reset is not taken either, nothing of
   * the connection is: it is closed.
   */
  void end(long now, long nanos) {
    for (Http2Stream stream : active()) {
      long stands = standing(stream, now);
      if (stands > 2 * nanos) {
        context.close();
        return;
      }
      if (stands > nanos && !stream.isResetSent()) {
        heard.ends(stream.id());
        http2.resetStream(context, stream.id(), Http2Error.CANCEL.code(), context.newPromise());
        context.flush();
      }
    }
  }

  private long standing(Http2Stream stream, long now) {
    Http2RemoteFlowController flow = http2.encoder().flowController();
    if (!flow.hasFlowControlled(stream)) {
      waiting.remove(stream.id());
      return 0;
    }
    int room = flow.windowSize(stream);
    Seen seen = waiting.get(stream.id());
    if (seen == null || seen.room() != room) {
      waiting.put(stream.id(), new Seen(room, now));
      return 0;
    }
    return now - seen.at();
  }

  private List<Http2Stream> active() {
    List<Http2Stream> streams = new ArrayList<>();
    try {
      http2.connection().forEachActiveStream(streams::add);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e); // nothing here throws it
    }
    return streams;
  }
}
