package com.sutazai.queue;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.JobHandler.Work;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Claims due jobs while there are free workers and runs each on a virtual thread. Woken by {@link
 * #wake} when this process or another one added a job, and by a poll for everything else: retries,
 * expired leases, signals that were lost.
 */
@ApplicationScoped
public class Poller {
  private static final Logger LOG = Logger.getLogger(Poller.class);

  /** One claim in so many goes by age alone: a low priority waits long under load, not for ever. */
  private static final int BY_AGE = 8;

  private static final String TOPIC = "jobs";

  private final Jobs jobs;
  private final JobHandler handler;
  private final QueueConfig config;
  private final Ids ids;
  private final Storage storage;
  private final Notifications notifications;
  private final Semaphore free;
  private final Semaphore signal = new Semaphore(0);
  private final Map<Job, Thread> running = new ConcurrentHashMap<>();
  private long claims;

  /**
   * Whether some type had no room left at the last claim: a job that ends makes way for another.
   */
  private volatile boolean crowded;

  private volatile boolean stopping;
  private volatile @Nullable String pausedFor;
  private List<Thread> loops = List.of();

  Poller(
      Jobs jobs,
      JobHandler handler,
      QueueConfig config,
      Ids ids,
      Storage storage,
      Notifications notifications) {
    this.notifications = notifications;
    this.storage = storage;
    this.jobs = jobs;
    this.handler = handler;
    this.config = config;
    this.ids = ids;
    this.free = new Semaphore(config.workers());
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    notifications.listen(TOPIC, this::wakeHere);
    loops =
        List.of(
            Thread.ofVirtual().name("queue-claim").start(() -> repeat(this::claim)),
            Thread.ofVirtual().name("queue-heartbeat").start(() -> repeat(this::heartbeat)));
  }

  /** Says that a job may be due now, to this process and the others on its database. */
  public void wake() {
    wakeHere();
    notifications.send(TOPIC);
  }

  private void wakeHere() {
    if (signal.availablePermits() == 0) {
      signal.release();
    }
  }

  /** Interrupts the work on a task that was cancelled, if it runs here. */
  public void interrupt(UUID taskId) {
    running.forEach(
        (job, thread) -> {
          if (job.taskId().equals(taskId)) {
            thread.interrupt();
          }
        });
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  private void repeat(Step step) {
    while (!stopping) {
      try {
        step.run();
      } catch (InterruptedException e) {
        return;
      } catch (ProblemException unavailable) {
        sayPaused(unavailable.detail());
        pause(Duration.ofSeconds(1));
      } catch (RuntimeException e) {
        LOG.error("The queue met an unexpected failure and goes on", e);
        pause(Duration.ofSeconds(1));
      }
    }
  }

  /** Says it once for each reason, not with each try. */
  private void sayPaused(String reason) {
    if (!reason.equals(pausedFor)) {
      pausedFor = reason;
      LOG.warnf("The queue pauses: %s", reason);
    }
  }

  private void claim() throws InterruptedException {
    storage.requireRoom(); // what is not begun needs no room for its result
    free.acquire();
    int seats = 1 + free.drainPermits();
    List<Work> work = List.of();
    try {
      work = claim(seats);
    } finally {
      free.release(seats - work.size());
    }
    work.forEach(this::run);
    if (work.isEmpty()
        && signal.tryAcquire(config.pollInterval().toMillis(), TimeUnit.MILLISECONDS)) {
      signal.drainPermits();
    }
  }

  private List<Work> claim(int seats) {
    crowded = true; // also what ends while this claim is under way must wake the next one
    Map<String, Integer> room = handler.room();
    Map<String, Integer> open = inTurn(room);
    boolean byAge = ++claims % BY_AGE == 0;
    List<Job> claimed =
        open.isEmpty() ? List.of() : jobs.claim(open, seats, ids.next(), config.lease(), byAge);
    pausedFor = null;
    List<Work> work = claimed.isEmpty() ? List.of() : handler.begin(claimed);
    Map<String, Long> taken = claimed.stream().collect(groupingBy(Job::type, counting()));
    crowded =
        room.entrySet().stream()
            .anyMatch(type -> taken.getOrDefault(type.getKey(), 0L) >= type.getValue());
    return work;
  }

  /** Types that have room, each time another one first: none waits for ever behind a busy one. */
  private Map<String, Integer> inTurn(Map<String, Integer> room) {
    List<String> types =
        new ArrayList<>(
            room.keySet().stream()
                .filter(type -> room.getOrDefault(type, 0) > 0)
                .sorted()
                .toList());
    Collections.rotate(types, (int) (claims % Math.max(1, types.size())));
    Map<String, Integer> open = new LinkedHashMap<>();
    types.forEach(type -> open.put(type, room.getOrDefault(type, 0)));
    return open;
  }

  private void run(Work work) {
    Thread thread =
        Thread.ofVirtual()
            .name("task-", 0)
            .unstarted(
                () -> {
                  try {
                    work.run().run();
                  } catch (ProblemException unavailable) {
                    // The result could not be stored: the lease runs out and the task is run again.
                    LOG.warnf(
                        "Task %s will be run again: %s", work.job().taskId(), unavailable.detail());
                  } catch (RuntimeException e) {
                    LOG.errorf(e, "Task %s will be run again", work.job().taskId());
                  } finally {
                    running.remove(work.job());
                    free.release();
                    if (crowded) {
                      wakeHere();
                    }
                  }
                });
    running.put(work.job(), thread);
    thread.start();
  }

  private void heartbeat() throws InterruptedException {
    Thread.sleep(config.heartbeat());
    Set<Job> held = Set.copyOf(running.keySet());
    if (held.isEmpty()) {
      return;
    }
    Set<UUID> kept = jobs.renew(held, config.lease());
    for (Job job : held) {
      Thread thread = running.get(job);
      if (thread != null && !kept.contains(job.taskId())) {
        thread.interrupt();
      }
    }
  }

  /** Claims nothing more, waits for running jobs, then hands back what is left. */
  void stop(@Observes @Priority(1000) ShutdownEvent event) {
    stopping = true;
    loops.forEach(Thread::interrupt);
    long deadline = System.nanoTime() + config.stopGrace().toNanos();
    while (!running.isEmpty() && System.nanoTime() < deadline) {
      pause(Duration.ofMillis(20));
    }
    for (Map.Entry<Job, Thread> left : Map.copyOf(running).entrySet()) {
      left.getValue().interrupt();
      try {
        jobs.handBack(left.getKey(), Duration.ZERO);
      } catch (RuntimeException e) {
        LOG.warnf(
            "Task %s is handed back when its lease ends: %s",
            left.getKey().taskId(), e.getMessage());
      }
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
