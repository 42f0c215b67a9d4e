package com.sutazai.tasks;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells, at once and in this process alone, that a task has ended which {@link StepTasks} left.
 * What ends elsewhere is heard of by a signal of the database, or found by a look.
 */
@ApplicationScoped
public class StepEnds {
  private static final int MOST_REMEMBERED = 10_000;

  private final Set<UUID> open = ConcurrentHashMap.newKeySet();
  private volatile Runnable listener = () -> {};

  /** Runs the listener after the commit of each end; it must not block. */
  public void listen(Runnable listener) {
    this.listener = listener;
  }

  /** To be called before the task is committed, so that its end cannot be missed. */
  void expect(UUID taskId) {
    if (open.size() >= MOST_REMEMBERED) {
      open.clear(); // those ended elsewhere
    }
    open.add(taskId);
  }

  void ended(UUID taskId) {
    if (!open.isEmpty() && open.remove(taskId)) {
      listener.run();
    }
  }
}
