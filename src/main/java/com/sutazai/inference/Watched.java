package com.sutazai.inference;

import com.sutazai.platform.caller.Connections;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose caller is watched: when it goes away, the model's work ends, before the first
 * token by interrupting the thread that waits for it, afterwards by cancelling the answer.
 */
final class Watched implements AutoCloseable {
  private final Connections.Listening listening;
  private @Nullable Thread waiting = Thread.currentThread();
  private @Nullable Generation generation;

  private Watched(Connections connections, RoutingContext context) {
    listening = connections.listen(context, this::left);
  }

  /** Asks and waits for the first token. */
  static Watched open(
      Inference inference, Prompt prompt, Connections connections, RoutingContext context)
      throws InterruptedException {
    Watched watched = new Watched(connections, context);
    try {
      watched.begun(inference.open(prompt));
      return watched;
    } finally {
      if (watched.generation == null) {
        watched.close();
      }
    }
  }

  private synchronized void begun(Generation begun) {
    waiting = null;
    generation = begun;
  }

  private synchronized void left() {
    if (waiting != null) {
      waiting.interrupt();
    } else if (generation != null) {
      generation.cancel();
    }
  }

  synchronized Generation generation() {
    if (generation == null) {
      throw new IllegalStateException("The answer has not begun");
    }
    return generation;
  }

  @Override
  public void close() {
    listening.close();
    Generation begun;
    synchronized (this) {
      waiting = null;
      begun = generation;
    }
    if (begun != null) {
      begun.close();
    }
  }
}
