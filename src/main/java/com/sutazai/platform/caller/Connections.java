package com.sutazai.platform.caller;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a caller goes away before it was answered, and keeps the server from taking one that
 * waits long for one that went away: a connection on which nothing is sent is closed after a while,
 * also while its request is at work. Handlers of a response are of no use for it: there is room for
 * one each, and writing a body as a stream takes it.
 */
@ApplicationScoped
public class Connections {
  private static final Duration COMES_BACK = Duration.ofSeconds(2);

  private final Map<HttpConnection, Set<Listener>> open = new ConcurrentHashMap<>();
  private final Map<HttpConnection, Streams> multiplexed = new ConcurrentHashMap<>();
  private final Duration longest;
  private final Silence silence;
  private volatile boolean stopping;

  Connections(Vertx vertx, @ConfigProperty(name = "quarkus.http.idle-timeout") Duration longest) {
    this.longest = longest;
    silence = new Silence(longest);
    if (longest.isPositive()) {
      vertx.setPeriodic(
          Math.max(1, silence.soon().toMillis()),
          id -> {
            keepWaitingOnesOpen();
            endThoseWhoTakeNothing();
          });
    }
  }

  /** Someone who wants to know; identity, so that one request's is told from the next one's. */
  private static final class Listener {
    private final Runnable left;
    private final @Nullable WaitingRequest waits;
    private final long since = System.nanoTime();
    private volatile @Nullable HttpServerResponse response;

    Listener(Runnable left, @Nullable WaitingRequest waits) {
      this.left = left;
      this.waits = waits;
    }
  }

  /** Ends the listening. */
  public interface Listening extends AutoCloseable {
    @Override
    void close();

    /**
     * Why the request was ended by this server, which is to be answered after the interrupt; null
     * when it was not.
     */
    @Nullable ProblemException earlyEnd();

    /**
     * The stream of the answer, written by the thread that listens: where its reader takes nothing
     * for as long as a connection may be silent, the request ends as if the caller had left.
     */
    OutputStream watched(OutputStream out);

    /** Whether it was ended because the program is about to stop. */
    default boolean isForStop() {
      ProblemException reason = earlyEnd();
      return reason != null && reason.code() == ErrorCode.SHUTTING_DOWN;
    }
  }

  private final class Registered implements Listening {
    private final HttpConnection connection;
    private final Set<Listener> listeners;
    private final Listener listener;

    Registered(HttpConnection connection, Set<Listener> listeners, Listener listener) {
      this.connection = connection;
      this.listeners = listeners;
      this.listener = listener;
    }

    @Override
    public void close() {
      listeners.remove(listener);
      if (listener.waits != null) {
        silence.forbid(connection);
      }
    }

    @Override
    public @Nullable ProblemException earlyEnd() {
      return listener.waits == null ? null : listener.waits.reason();
    }

    @Override
    public OutputStream watched(OutputStream out) {
      return listener.waits == null ? out : listener.waits.taking().watched(out);
    }
  }

  /**
   * Runs {@code left}, on the event loop, when the connection of this request closes, or over
   * HTTP/2 its stream before it was answered; until the listening is closed, which every listener
   * does when its request is answered.
   */
  public Listening listen(RoutingContext context, Runnable left) {
    return listen(context, new Listener(left, null));
  }

  @SuppressWarnings("ReferenceEquality") // this set, not one that has the same listeners
  private Listening listen(RoutingContext context, Listener listener) {
    HttpConnection connection = context.request().connection();
    Set<Listener> known = open.get(connection);
    Set<Listener> listeners = known == null ? ConcurrentHashMap.newKeySet() : known;
    if (known == null) {
      known = open.putIfAbsent(connection, listeners);
      listeners = known == null ? listeners : known;
    }
    listener.response = context.response();
    listeners.add(listener);
    if (known == null) {
      watch(connection);
    } else if (open.get(connection)
        != known) { // it closed before the listener was among the others
      listener.left.run();
    }
    Streams streams = multiplexed.get(connection);
    if (streams != null) {
      streams.checkOpen(context.response().streamId());
    }
    return new Registered(connection, listeners, listener);
  }

  private void keepWaitingOnesOpen() {
    long now = System.nanoTime();
    open.forEach(
        (connection, listeners) -> {
          if (listeners.stream()
              .anyMatch(
                  each -> each.waits != null && now - each.since > silence.soon().toNanos())) {
            silence.allow(connection);
          }
        });
  }

  /** Whoever writes an answer piece by piece is interrupted, over HTTP/2 any answer is ended. */
  private void endThoseWhoTakeNothing() {
    long now = System.nanoTime();
    multiplexed.values().forEach(streams -> streams.endThoseNotTaken(now, longest.toNanos()));
    waiting().stream()
        .filter(request -> request.taking().waiting(now) > longest.toNanos())
        .forEach(WaitingRequest::leave);
  }

  /**
   * Interrupts the calling thread when the caller of this request leaves; for work that nobody
   * would wait for any more. However long the work takes, the connection is not closed for it.
   */
  public Listening interruptWhenLeft(RoutingContext context) {
    return interrupted(context, false);
  }

  /**
   * The same for a caller who only waits until something happens: also when the program is about to
   * stop, which it would hold up for nothing.
   */
  public Listening interruptWhenLeftOrStopping(RoutingContext context) {
    return interrupted(context, true);
  }

  private Listening interrupted(RoutingContext context, boolean idle) {
    var request = WaitingRequest.of(context, idle);
    Listening listening = listen(context, new Listener(Thread.currentThread()::interrupt, request));
    if (idle && stopping) { // it was not there yet when the others were ended
      request.end(aboutToStop());
    }
    return listening;
  }

  /** Ends all that wait idly, from now on those to come too. */
  void endIdleOnes() {
    stopping = true;
    waiting().stream().filter(WaitingRequest::idle).forEach(each -> each.end(aboutToStop()));
  }

  private static ProblemException aboutToStop() {
    return new ProblemException(ErrorCode.SHUTTING_DOWN, "The program is being stopped; ask again.")
        .retryAfter(COMES_BACK);
  }

  /** The requests at work that such a listening belongs to. */
  public List<WaitingRequest> waiting() {
    List<WaitingRequest> found = new ArrayList<>();
    for (Set<Listener> listeners : open.values()) {
      for (Listener listener : listeners) {
        if (listener.waits != null) {
          found.add(listener.waits);
        }
      }
    }
    return found;
  }

  /**
   * Ends a request without an answer: over HTTP/2 its stream, else its connection. What was not
   * sent yet is dropped: its reader may never take it.
   */
  public static void end(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      hearNothing(request.response());
      request.response().reset();
    } else if (request.connection() instanceof ConnectionBase base) {
      base.channelHandlerContext().close(); // its own way would wait until all is sent
    } else {
      request.connection().close();
    }
  }

  /** Open connections that have sent a request. */
  public int open() {
    return open.size();
  }

  /**
   * The framework closes the whole connection of a response that cannot be written to its end.
   * Whoever writes it hears without that when its stream is over.
   */
  private static void hearNothing(HttpServerResponse response) {
    response.exceptionHandler(null);
  }

  private void watch(HttpConnection connection) {
    Streams streams = Streams.of(connection, new OfOne(connection));
    if (streams != null) {
      multiplexed.put(connection, streams);
      streams.watch();
    }
    if (connection instanceof ConnectionBase base) {
      base.closeFuture().onComplete(closed -> closed(connection));
    } else {
      connection.closeHandler(closed -> closed(connection));
    }
  }

  private void closed(HttpConnection connection) {
    multiplexed.remove(connection);
    Set<Listener> listeners = open.remove(connection);
    if (listeners != null) {
      listeners.forEach(listener -> listener.left.run());
    }
  }

  /** What happens to the streams of one connection. */
  private final class OfOne implements Streams.Heard {
    private final HttpConnection connection;

    OfOne(HttpConnection connection) {
      this.connection = connection;
    }

    @Override
    public void ends(int stream) {
      each(stream, (listener, response) -> hearNothing(response));
    }

    @Override
    public void over(int stream) {
      each(
          stream,
          (listener, response) -> {
            if (!response.ended()) { // it was reset
              listener.left.run();
            }
          });
    }

    private void each(int stream, BiConsumer<Listener, HttpServerResponse> told) {
      for (Listener listener : open.getOrDefault(connection, Set.of())) {
        HttpServerResponse response = listener.response;
        if (response != null && response.streamId() == stream) {
          told.accept(listener, response);
        }
      }
    }
  }
}
