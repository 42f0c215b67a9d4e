package com.sutazai.platform.caller;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells when a caller goes away before it was answered. Handlers of a response are of no use for
 * it: there is room for one each, and writing a body as a stream takes it.
 */
@ApplicationScoped
public class Connections {
  private final Map<HttpConnection, Set<Listener>> open = new ConcurrentHashMap<>();

  /** Someone who wants to know; identity, so that one request's is told from the next one's. */
  private static final class Listener {
    private final Runnable left;

    Listener(Runnable left) {
      this.left = left;
    }
  }

  /** Ends the listening. */
  public interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Runs {@code left}, on the event loop, when the connection of this request closes; until the
   * listening is closed, which every listener does when its request is answered.
   */
  public Listening listen(RoutingContext context, Runnable left) {
    HttpConnection connection = context.request().connection();
    Listener listener = new Listener(left);
    Set<Listener> fresh = ConcurrentHashMap.newKeySet();
    Set<Listener> known = open.putIfAbsent(connection, fresh);
    Set<Listener> listeners = known == null ? fresh : known;
    listeners.add(listener);
    if (known == null) {
      watch(connection);
    }
    return () -> listeners.remove(listener);
  }

  /**
   * Interrupts the calling thread when the connection of this request closes; for work that nobody
   * would wait for any more.
   */
  public Listening interruptWhenLeft(RoutingContext context) {
    return listen(context, Thread.currentThread()::interrupt);
  }

  /** Open connections that have sent a request. */
  public int open() {
    return open.size();
  }

  private void watch(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.closeFuture().onComplete(closed -> closed(connection));
    } else {
      connection.closeHandler(closed -> closed(connection));
    }
  }

  private void closed(HttpConnection connection) {
    Set<Listener> listeners = open.remove(connection);
    if (listeners != null) {
      listeners.forEach(listener -> listener.left.run());
    }
  }
}
