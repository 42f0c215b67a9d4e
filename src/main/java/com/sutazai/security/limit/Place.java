package com.sutazai.security.limit;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * A place of {@link RequestLimit}. It is free again when the request was answered or its caller
 * left, and what its method began has come to an end: one who sends requests and leaves must not
 * have more work done than others.
 */
final class Place {
  private static final String KEY = "sutazai.place";

  private final Runnable free;
  private boolean over;
  private boolean working;

  Place(Runnable free) {
    this.free = free;
  }

  void keep(RoutingContext context) {
    context.put(KEY, this);
  }

  /** That of the request; null when it needs none. */
  static @Nullable Place of(RoutingContext context) {
    return context.get(KEY);
  }

  /** Whether the method may run: its caller is still there. */
  synchronized boolean begin() {
    working = !over;
    return working;
  }

  /** The method has ended. */
  void done() {
    boolean last;
    synchronized (this) {
      last = working && over;
      working = false;
    }
    if (last) {
      free.run();
    }
  }

  /** The request was answered, or its caller left. */
  void over() {
    boolean last;
    synchronized (this) {
      last = !over && !working;
      over = true;
    }
    if (last) {
      free.run();
    }
  }
}
