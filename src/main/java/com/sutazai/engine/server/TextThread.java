package com.sutazai.engine.server;

import com.sutazai.engine.decode.StepWatch;
import io.vertx.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Where texts are split into tokens, which takes too long for the event loop. llama.cpp's regular
 * expressions call themselves for each character of a long word, so the thread has room for that.
 */
final class TextThread {
  private static final long STACK = 256L << 20;

  private final Executor thread =
      Executors.newSingleThreadExecutor(
          task -> {
            var text = new Thread(null, task, "engine-text", STACK);
            text.setDaemon(true);
            return text;
          });
  private final Context loop;
  private final StepWatch watch = new StepWatch();

  TextThread(Context loop) {
    this.loop = loop;
  }

  /** Computes a value there; the result comes on the event loop. */
  <T> CompletableFuture<T> compute(Supplier<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture.supplyAsync(() -> watched(task), thread)
        .whenComplete(
            (value, failure) ->
                loop.runOnContext(
                    nothing -> {
                      if (failure == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(failure);
                      }
                    }));
    return result;
  }

  private <T> T watched(Supplier<T> task) {
    watch.begins();
    try {
      return task.get();
    } finally {
      watch.rests();
    }
  }

  /** How often the text at hand was looked at before. */
  int look() {
    return watch.look();
  }
}
