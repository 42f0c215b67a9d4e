package com.sutazai.tasks;

import com.sutazai.tasks.callback.Callbacks;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Tells waiting callers of this process that a task has ended. */
@ApplicationScoped
class Finished {
  private final Map<UUID, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Runnable> next = new AtomicReference<>();
  private final TaskMetrics metrics;
  private final Callbacks callbacks;
  private final StepEnds steps;

  Finished(TaskMetrics metrics, Callbacks callbacks, StepEnds steps) {
    this.metrics = metrics;
    this.callbacks = callbacks;
    this.steps = steps;
  }

  /** To be called before the task can end, so that its end cannot be missed. */
  CompletableFuture<Void> await(UUID taskId) {
    return waiting.computeIfAbsent(taskId, id -> new CompletableFuture<>());
  }

  void forget(UUID taskId) {
    waiting.remove(taskId);
  }

  /** Calls the listener once, when the next task ends; null for nobody. */
  void tellNext(@Nullable Runnable listener) {
    next.set(listener);
  }

  /** To be called after the commit. */
  void announce(UUID taskId, String type, String state) {
    metrics.count(type, state);
    callbacks.ended(taskId);
    steps.ended(taskId);
    Runnable listener = next.getAndSet(null);
    if (listener != null) {
      listener.run();
    }
    CompletableFuture<Void> waiter = waiting.remove(taskId);
    if (waiter != null) {
      waiter.complete(null);
    }
  }
}
