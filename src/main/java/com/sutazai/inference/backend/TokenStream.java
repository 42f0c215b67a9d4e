package com.sutazai.inference.backend;

import com.sutazai.inference.backend.ModelFailure.Kind;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a streamed answer, handed from the event loop to one virtual thread: all that one
 * read of the network completed together. At most {@link #AHEAD} such reads wait here, each of some
 * kilobytes; then the connection is not read on. Closing it before its end ends the connection, and
 * with it the server's work.
 */
public final class TokenStream implements AutoCloseable {
  /** Stands for a line that did not come in time. */
  public static final byte[] NOTHING = {};

  private static final int AHEAD = 64;
  private static final int LONGEST_LINE = 1 << 20;

  /** How long the end of an answer that said that it is done may take. */
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  private final HttpClientRequest request;
  private final HttpClientResponse response;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final LineSplitter splitter = new LineSplitter();
  private final Context context;
  private final Runnable over;
  private List<byte[]> read = List.of();
  private int at;
  private int taken;
  private boolean ended;

  /** Only used on the event loop. */
  private boolean abandoned;

  /** Set on the event loop: its connection serves others from then on. */
  private volatile boolean complete;

  private sealed interface Event {
    /** At least one. */
    record Lines(List<byte[]> json) implements Event {}

    record End() implements Event {}

    record Broken(ModelFailure failure) implements Event {}
  }

  /**
   * Must be called on the response's event loop, before its data flows.
   *
   * @param over told when the server has said all, or nobody waits for more; may be told again
   */
  TokenStream(
      HttpClientRequest request, HttpClientResponse response, Context context, Runnable over) {
    this.request = request;
    this.response = response;
    this.context = context;
    this.over = over;
    response.pause();
    response.exceptionHandler(this::cut);
    response.endHandler(this::complete);
    response.handler(this::take);
    response.fetch(AHEAD);
  }

  private void complete(Void end) {
    complete = true;
    over.run();
    List<byte[]> last = splitter.rest();
    if (!abandoned && !last.isEmpty()) {
      events.add(new Event.Lines(last));
    }
    events.add(new Event.End());
  }

  private void take(Buffer piece) {
    if (abandoned) {
      return;
    }
    List<byte[]> lines = splitter.lines(piece);
    if (!lines.isEmpty()) {
      events.add(new Event.Lines(lines));
    }
    if (splitter.pending() > LONGEST_LINE) {
      broken(
          new ModelFailure(
              Kind.GARBLED,
              "The model server sent a line of more than " + LONGEST_LINE + " bytes."));
    } else if (lines.isEmpty()) {
      response.fetch(1);
    }
  }

  private void cut(Throwable e) {
    broken(
        new ModelFailure(Kind.CUT, "The model server ended the connection before its answer.", e));
  }

  /** The rest is not read: of a line that never ends each further piece would be told here. */
  private void broken(ModelFailure failure) {
    if (abandoned) {
      return;
    }
    abandoned = true;
    over.run();
    request.reset();
    events.add(new Event.Broken(failure));
  }

  /** A line that came with the one before; null when the next one has to be waited for. */
  public byte @Nullable [] atHand() {
    return ended || at == read.size() ? null : read.get(at++);
  }

  /**
   * The next line; null at the end, {@link #NOTHING} when none came within {@code patience}.
   *
   * @throws ModelFailure when the connection broke, or the line is too long
   */
  public byte @Nullable [] next(Duration patience) throws ModelFailure, InterruptedException {
    byte[] known = atHand();
    if (known != null || ended) {
      return known;
    }
    Event event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    return switch (event) {
      case null -> NOTHING;
      case Event.Broken broken -> {
        ended = true;
        throw broken.failure();
      }
      case Event.End end -> {
        ended = true;
        yield null;
      }
      case Event.Lines(List<byte[]> lines) -> {
        if (++taken == AHEAD / 2) {
          taken = 0;
          context.runOnContext(go -> response.fetch(AHEAD / 2));
        }
        read = lines;
        at = 1;
        yield lines.getFirst();
      }
    };
  }

  /**
   * The answer said that it is done: nothing more is waited for or kept, and the connection can
   * serve the next request once its last bytes are read. If these do not end soon, it ends.
   */
  public void finish() {
    ended = true;
    over.run();
    if (complete) {
      return;
    }
    context.runOnContext(
        go -> {
          if (!complete && !abandoned) {
            abandoned = true;
            response.resume();
            context.owner().setTimer(LONGEST_END.toMillis(), timer -> resetUnlessComplete());
          }
        });
  }

  private void resetUnlessComplete() {
    if (!complete) {
      request.reset();
    }
  }

  @Override
  public void close() {
    over.run();
    if (!ended) {
      ended = true;
      if (!complete) {
        context.runOnContext(go -> abandon());
      }
    }
  }

  /**
   * What has come already is dropped first: when that is all, the connection is not ours to end.
   */
  private void abandon() {
    if (abandoned) {
      return;
    }
    abandoned = true;
    response.resume();
    context.runOnContext(go -> resetUnlessComplete());
  }
}
