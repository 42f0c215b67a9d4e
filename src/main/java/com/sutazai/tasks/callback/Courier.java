package com.sutazai.tasks.callback;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.tasks.callback.CallbackRepository.Receiver;
import com.sutazai.tasks.callback.CallbackRepository.Share;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Claims due deliveries while there are free seats and makes each try on a virtual thread. Any
 * number of processes do so side by side; a delivery whose process died is claimed again when its
 * lease ends. It arrives at least once, always with the same id. One owner's callbacks to one
 * receiver take a third of the seats at most, and all of an owner's leave a third to the others.
 */
@ApplicationScoped
class Courier {
  private static final Logger LOG = Logger.getLogger(Courier.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration STORING = Duration.ofSeconds(30);
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);
  private static final int SHARE_OF_ONE = 3;

  private final Callbacks callbacks;
  private final CallbackRepository repository;
  private final Attempt attempt;
  private final MeterRegistry registry;
  private final CallbackConfig config;
  private final Ids ids;
  private final Semaphore seats;
  private final Share share;
  private final Map<Receiver, Integer> calls = new ConcurrentHashMap<>();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private @Nullable Thread loop;

  Courier(
      Callbacks callbacks,
      CallbackRepository repository,
      Attempt attempt,
      MeterRegistry registry,
      CallbackConfig config,
      Ids ids) {
    this.callbacks = callbacks;
    this.repository = repository;
    this.attempt = attempt;
    this.registry = registry;
    this.config = config;
    this.ids = ids;
    int most = Math.max(1, config.concurrency());
    seats = new Semaphore(most);
    share = new Share(Math.max(1, most / SHARE_OF_ONE), most - most / SHARE_OF_ONE);
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    loop = Thread.ofVirtual().name("callbacks").start(this::run);
  }

  /** Claims nothing more; tries that are under way are handed back. */
  void stop(@Observes @Priority(900) ShutdownEvent event) throws InterruptedException {
    if (loop != null) {
      loop.interrupt();
      loop.join(STOP_GRACE);
    }
    running.forEach(Thread::interrupt);
    for (Thread each : running) {
      each.join(STOP_GRACE);
    }
  }

  private void run() {
    try {
      while (true) {
        try {
          if (!claim()) {
            callbacks.await(LOOK);
          }
        } catch (ProblemException unavailable) {
          Thread.sleep(LOOK);
        } catch (RuntimeException e) {
          LOG.error("Callbacks met an unexpected failure and go on", e);
          Thread.sleep(LOOK);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look; whether anything was due. */
  private boolean claim() throws InterruptedException {
    seats.acquire();
    int free = 1 + seats.drainPermits();
    List<Delivery> claimed = List.of();
    try {
      claimed =
          repository.claim(
              calls, share, free, ids.next(), config.timeout().multipliedBy(2).plus(STORING));
    } finally {
      seats.release(free - claimed.size());
    }
    claimed.forEach(this::bring);
    return !claimed.isEmpty();
  }

  private void bring(Delivery delivery) {
    calls.merge(Receiver.of(delivery), 1, Integer::sum);
    Thread thread = Thread.ofVirtual().name("callback-", 0).unstarted(() -> make(delivery));
    running.add(thread);
    thread.start();
  }

  private void make(Delivery delivery) {
    try {
      attempt.make(delivery).ifPresent(this::count);
    } catch (InterruptedException stopped) {
      handBack(delivery);
    } catch (ProblemException unavailable) {
      LOG.debugf("Callback of task %s is tried again: %s", delivery.taskId(), unavailable.detail());
    } catch (RuntimeException e) {
      LOG.errorf(e, "Callback of task %s is tried again", delivery.taskId());
    } finally {
      running.remove(Thread.currentThread());
      calls.computeIfPresent(Receiver.of(delivery), (receiver, n) -> n == 1 ? null : n - 1);
      seats.release();
      callbacks.wake();
    }
  }

  private void handBack(Delivery delivery) {
    try {
      repository.handBack(delivery);
    } catch (RuntimeException e) {
      LOG.debugf("Callback of task %s waits for the end of its lease", delivery.taskId());
    }
  }

  private void count(Attempt.Outcome outcome) {
    registry.counter(MetricNames.TASK_CALLBACKS, "outcome", outcome.label()).increment();
  }
}
