package com.sutazai.tasks;

import com.sutazai.tasks.callback.Callbacks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Tells waiting callers of this process that a task has ended. */
@ApplicationScoped
class Finished {
  private final Map<UUID, Set<Wait>> waiting = new ConcurrentHashMap<>();
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
  Wait await(UUID taskId) {
    var wait = new Wait(taskId);
    waiting.compute(
        taskId,
        (id, others) -> {
          Set<Wait> all = others == null ? new HashSet<>() : others;
          all.add(wait);
          return all;
        });
    return wait;
  }

  /** One caller's wait for the end of a task; its own end is nothing to the others. */
  final class Wait implements AutoCloseable {
    private final UUID taskId;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Wait(UUID taskId) {
      this.taskId = taskId;
    }

    /** Whether the task has ended; waits for it at most so long. */
    boolean atMost(Duration time) throws InterruptedException {
      return ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      waiting.computeIfPresent(
          taskId,
          (id, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
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
    Set<Wait> all = waiting.remove(taskId);
    if (all != null) {
      all.forEach(wait -> wait.ended.countDown());
    }
  }
}
