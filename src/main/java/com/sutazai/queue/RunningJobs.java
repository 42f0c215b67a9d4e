package com.sutazai.queue;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.queue.JobHandler.Work;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The jobs in this process's hands, however they came there: a seat and a virtual thread for each,
 * their leases kept alive, and handed back when the process is stopped.
 */
@ApplicationScoped
public class RunningJobs {
  private static final Logger LOG = Logger.getLogger(RunningJobs.class);
  private static final String TOPIC = "cancelled";

  /** In which what happens together is gathered, and a job whose end was stored leaves. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final Jobs jobs;
  private final QueueConfig config;
  private final Notifications notifications;

  private final Seats seats;
  private final Bell bell = new Bell();
  private final Map<Job, Thread> running = new ConcurrentHashMap<>();
  private final Heartbeat heartbeat;
  private volatile boolean stopping;
  private @Nullable Loop renewals;

  RunningJobs(Jobs jobs, Seats seats, QueueConfig config, Notifications notifications) {
    this.jobs = jobs;
    this.seats = seats;
    this.config = config;
    this.notifications = notifications;
    heartbeat = new Heartbeat(config.heartbeat(), System::nanoTime);
  }

  void check(@Observes @Priority(0) StartupEvent event) {
    if (config.lease().compareTo(config.heartbeat().multipliedBy(2)) < 0) {
      throw new StartException(
          "sutazai.queue.lease must be at least twice sutazai.queue.heartbeat: "
              + config.lease().toMillis()
              + " ms do not outlast a heartbeat each "
              + config.heartbeat().toMillis()
              + " ms that is late");
    }
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    notifications.listen(TOPIC, bell::ring);
    renewals = Loop.start("queue-heartbeat", this::renew);
  }

  /** How long a claim holds without a sign of life. */
  public Duration hold() {
    return config.lease();
  }

  /**
   * Runs the work on a thread of its own, in a seat that its caller took; returns at once.
   *
   * @param worked called when the work is done and there is room for another; how it went may not
   *     be stored then
   * @param ended called when the job has ended, whatever became of it
   */
  public void run(Work work, Runnable worked, Runnable ended) {
    Thread thread =
        Thread.ofVirtual()
            .name("task-", 0)
            .unstarted(
                () -> {
                  try {
                    atWork(work, worked).run();
                  } catch (ProblemException unavailable) {
                    // The result could not be stored: the lease runs out and the task is run again.
                    LOG.warnf(
                        "Task %s will be run again: %s", work.job().taskId(), unavailable.detail());
                  } catch (RuntimeException e) {
                    LOG.errorf(e, "Task %s will be run again", work.job().taskId());
                  } finally {
                    running.remove(work.job());
                    seats.giveBack(1);
                    ended.run();
                  }
                });
    running.put(work.job(), thread);
    thread.start();
  }

  private Runnable atWork(Work work, Runnable worked) {
    seats.awaitWorker(); // the work sees the interrupt and gives back
    try {
      return work.run().get();
    } finally {
      seats.workerIsFree();
      worked.run();
    }
  }

  /**
   * Interrupts the work on a task that was cancelled, if it runs here; else the others look at what
   * they hold.
   */
  void interrupt(UUID taskId) {
    List<Thread> here =
        running.entrySet().stream()
            .filter(each -> each.getKey().taskId().equals(taskId))
            .map(Map.Entry::getValue)
            .toList();
    here.forEach(Thread::interrupt);
    if (here.isEmpty()) {
      notifications.send(TOPIC);
    }
  }

  /** With each heartbeat, and when some task was cancelled. */
  private void renew() throws InterruptedException {
    bell.await(heartbeat.untilNext(), MOMENT); // one look for all that are cancelled together
    heartbeat.beat(this::renewHeld);
  }

  private void renewHeld() throws InterruptedException {
    Set<Job> held = Set.copyOf(running.keySet());
    if (held.isEmpty()) {
      return;
    }
    Set<UUID> kept = jobs.renew(held, config.lease());
    List<Job> lost = held.stream().filter(job -> !kept.contains(job.taskId())).toList();
    if (!lost.isEmpty()) {
      interruptUnlessEnding(lost);
    }
  }

  private void interruptUnlessEnding(List<Job> lost) throws InterruptedException {
    Thread.sleep(MOMENT);
    for (Job job : lost) {
      Thread thread = running.get(job);
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  /** After the last claim: waits for running jobs, then hands back what is left. */
  void stop(@Observes @Priority(1000) ShutdownEvent event) {
    if (stopping) {
      return;
    }
    stopping = true;
    seats.close();
    awaitEnd(config.stopGrace());
    if (renewals != null) {
      renewals.stop();
    }
    Map.copyOf(running).forEach(this::handBack);
  }

  /** The claim first: work that is interrupted without one can store no failure. */
  private void handBack(Job job, Thread thread) {
    try {
      jobs.handBack(job, Duration.ZERO);
    } catch (RuntimeException e) {
      LOG.warnf("Task %s is handed back when its lease ends: %s", job.taskId(), e.getMessage());
    }
    thread.interrupt();
  }

  private void awaitEnd(Duration grace) {
    long deadline = System.nanoTime() + grace.toNanos();
    try {
      while (!running.isEmpty() && System.nanoTime() < deadline) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
