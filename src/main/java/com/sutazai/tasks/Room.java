package com.sutazai.tasks;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.QueueDepth;
import com.sutazai.security.quota.Quotas;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.UUID;
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

  /** Refuses tasks past the bounds of their type or owner, or of what tasks may wait for. */
  void require(Caller caller, List<NewTask> tasks) {
    SequencedMap<String, Long> byType = new LinkedHashMap<>();
    tasks.forEach(task -> byType.merge(task.type(), 1L, Long::sum));
    require(caller, byType);
    dependencies.requireRoom(caller.owner(), dependencies(tasks));
  }

  /**
   * Refuses so many tasks past the bounds of their types or owner. Unknown depths let them pass:
   * the database is away, and the change itself will say so.
   *
   * @param byType at least one of each type; the first one stands for all in what is told
   */
  void require(Caller caller, SequencedMap<String, Long> byType) {
    storage.requireRoom();
    byType.forEach(
        (each, ofType) -> {
          if (depth.ofType(each).orElse(0) + ofType > config.maxWaitingPerType()) {
            throw full(each, config.maxWaitingPerType());
          }
        });
    String type = byType.firstEntry().getKey();
    long more = byType.values().stream().mapToLong(n -> n).sum();
    long waiting = depth.ofOwner(caller.owner()).orElse(0);
    quotas.requireTasks(
        caller,
        waiting + more,
        excess -> depth.untilRoom(type, depth.ofType(type).orElse(0) + 1 - excess));
    boolean bounded = !caller.owner().equals(Caller.LOCAL_OWNER);
    if (bounded && waiting + more > config.maxWaitingPerOwner()) {
      throw full(type, config.maxWaitingPerOwner());
    }
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

  /** Counts a task that was committed and waits for its turn again. */
  void again(UUID owner, String type) {
    depth.added(type, owner, 1);
  }
}
