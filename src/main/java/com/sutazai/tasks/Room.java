package com.sutazai.tasks;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.QueueDepth;
import com.sutazai.security.quota.Quotas;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How many tasks may wait, of one type, of one owner, and for other tasks. */
@ApplicationScoped
class Room {
  private final Storage storage;
  private final QueueDepth depth;
  private final OpenDependencies dependencies;
  private final Quotas quotas;
  private final TasksConfig config;

  Room(
      Storage storage,
      QueueDepth depth,
      OpenDependencies dependencies,
      Quotas quotas,
      TasksConfig config) {
    this.storage = storage;
    this.depth = depth;
    this.dependencies = dependencies;
    this.quotas = quotas;
    this.config = config;
  }

  /**
   * Refuses tasks past the bounds of their type or owner. Unknown depths let them pass: the
   * database is away, and the insert itself will say so.
   */
  void require(Caller caller, List<NewTask> tasks) {
    storage.requireRoom();
    Map<String, Long> byType =
        tasks.stream().collect(Collectors.groupingBy(NewTask::type, Collectors.counting()));
    byType.forEach(
        (type, more) -> {
          if (depth.ofType(type).orElse(0) + more > config.maxWaitingPerType()) {
            throw full(type, config.maxWaitingPerType());
          }
        });
    String type = tasks.getFirst().type();
    long waiting = depth.ofOwner(caller.owner()).orElse(0);
    quotas.requireTasks(
        caller,
        waiting + tasks.size(),
        excess -> depth.untilRoom(type, depth.ofType(type).orElse(0) + 1 - excess));
    boolean bounded = !caller.owner().equals(Caller.LOCAL_OWNER);
    if (bounded && waiting + tasks.size() > config.maxWaitingPerOwner()) {
      throw full(type, config.maxWaitingPerOwner());
    }
    dependencies.requireRoom(caller.owner(), dependencies(tasks));
  }

  private static int dependencies(List<NewTask> tasks) {
    return tasks.stream().mapToInt(task -> task.dependsOn().size()).sum();
  }

  /** Waits for room among the tasks of the type: not long, then 503. */
  void await(String type, long limit, Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (depth.ofType(type).orElse(0) >= limit) {
      if (System.nanoTime() >= deadline) {
        throw full(type, limit);
      }
      Thread.sleep(20);
    }
  }

  private ProblemException full(String type, long limit) {
    return new ProblemException(ErrorCode.QUEUE_FULL, "Queue full, try again later")
        .retryAfter(depth.untilRoom(type, limit));
  }

  /** Tasks of the type that wait now. */
  long waiting(String type) {
    return depth.ofType(type).orElse(0);
  }

  /** Counts tasks that were committed: those that are due, and what the others wait for. */
  void accepted(Caller caller, List<NewTask> tasks) {
    tasks.stream()
        .filter(NewTask::isDue)
        .collect(Collectors.groupingBy(NewTask::type, Collectors.counting()))
        .forEach((type, count) -> depth.added(type, caller.owner(), count.intValue()));
    dependencies.added(caller.owner(), dependencies(tasks));
  }
}
