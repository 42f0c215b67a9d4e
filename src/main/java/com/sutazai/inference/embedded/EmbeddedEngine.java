package com.sutazai.inference.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.EngineConfig;
import com.sutazai.inference.backend.EngineConfig.Enabled;
import com.sutazai.inference.backend.EnginePlace;
import com.sutazai.inference.batch.Batcher;
import com.sutazai.inference.embedded.EngineChild.Ready;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the engine inside: starts the child when it is needed, tells the others where it listens,
 * starts it again when it died or has too much memory, and ends it with this process. A child that
 * dies at once is started ever more rarely.
 */
@ApplicationScoped
public class EmbeddedEngine {
  private static final Logger LOG = Logger.getLogger(EmbeddedEngine.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** One that cannot run may be able to when a disk has room or a library is installed. */
  private static final Duration UNTIL_POSSIBLE = Duration.ofMinutes(5);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /** One that ran so long died of something new. */
  private static final Duration WELL = Duration.ofMinutes(1);

  private final Backends backends;
  private final EnginePlace place;
  private final EngineLaunch launch;
  private final EngineMetrics metrics;
  private final Batcher batcher;
  private final ObjectMapper json;
  private final Duration refresh;
  private final boolean always;
  private volatile EngineState state = new EngineState.Off();
  private volatile @Nullable EngineChild process;
  private volatile boolean stopping;
  private @Nullable Thread thread;

  EmbeddedEngine(
      Backends backends,
      BackendConfig servers,
      EngineConfig config,
      EngineLaunch launch,
      EngineMetrics metrics,
      Batcher batcher,
      ObjectMapper json) {
    this.backends = backends;
    this.launch = launch;
    this.metrics = metrics;
    this.batcher = batcher;
    this.json = json;
    place = backends.enginePlace();
    refresh = servers.modelsRefresh();
    always = config.engine().enabled() == Enabled.TRUE;
  }

  void start(@Observes StartupEvent event) {
    backends
        .engine()
        .ifPresent(
            backend -> {
              state = new EngineState.Starting();
              metrics.register(this::memory);
              thread = Thread.ofVirtual().name("engine").start(() -> run(backend));
            });
  }

  /** Last but for the database: requests that are at work end first. */
  void stop(@Observes @Priority(Integer.MAX_VALUE - 1) ShutdownEvent event) {
    stopping = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    EngineChild child = process;
    if (child != null) {
      child.close();
    }
  }

  /** How it is. */
  public EngineState state() {
    return state;
  }

  private OptionalLong memory() {
    EngineChild child = process;
    return child == null ? OptionalLong.empty() : child.memory();
  }

  private void run(Backend backend) {
    try {
      awaitNeed();
      while (!stopping) {
        runWhilePossible(backend);
        Thread.sleep(UNTIL_POSSIBLE);
      }
    } catch (InterruptedException e) {
      // the program stops
    }
  }

  private void runWhilePossible(Backend backend) throws InterruptedException {
    try {
      runAgainAndAgain(backend);
    } catch (EngineAbsentException e) {
      var absent = new EngineState.Absent(e.why());
      if (!absent.equals(state)) {
        LOG.warnf(
            "The engine inside cannot run, and is tried every %d minutes: %s",
            UNTIL_POSSIBLE.toMinutes(), e.why());
      }
      absent(absent, "The engine inside cannot run: " + e.why());
    }
  }

  private void runAgainAndAgain(Backend backend)
      throws EngineAbsentException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    while (!stopping) {
      long since = System.nanoTime();
      String ended = runOnce(backend);
      if (System.nanoTime() - since > WELL.toNanos()) {
        pause = FIRST_PAUSE;
      }
      LOG.warnf(
          "The engine inside ended %s; it is started again in %d ms", ended, pause.toMillis());
      rest(pause);
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }
  }

  /** Callers wait for the next start with it, or are told when that is later. */
  private void rest(Duration pause) throws InterruptedException {
    state = new EngineState.Starting();
    if (pause.compareTo(LONGEST_WAIT) > 0) {
      place.absent(
          "The engine inside ended at once several times; it is started again in "
              + pause.toSeconds()
              + " s.");
    } else {
      place.starts();
    }
    Thread.sleep(pause);
    place.starts();
  }

  private void absent(EngineState how, String why) {
    state = how;
    place.absent(why);
  }

  /** Until no server answers where one was assumed. */
  private void awaitNeed() throws InterruptedException {
    while (!always && anotherAnswers()) {
      if (!(state instanceof EngineState.NotNeeded)) {
        absent(
            new EngineState.NotNeeded(),
            "The engine inside is not needed while another model server answers.");
      }
      Thread.sleep(refresh.compareTo(LOOK) < 0 ? LOOK : refresh);
    }
    state = new EngineState.Starting();
    place.starts();
  }

  private boolean anotherAnswers() {
    return backends.all().stream()
        .filter(each -> !each.isEngine())
        .peek(backends::lookAt)
        .anyMatch(Backend::hasSpoken);
  }

  /** Runs a child until it ends; how it ended. */
  private String runOnce(Backend backend) throws EngineAbsentException, InterruptedException {
    try (EngineChild child = launch.start()) {
      process = child;
      metrics.started();
      Ready ready = child.ready(json);
      place.listens(ready.at());
      state = new EngineState.Runs(ready.library());
      LOG.infof(
          "The engine inside runs in process %d on llama.cpp from %s",
          child.pid(), ready.library());
      backends.lookAt(backend);
      while (!child.ended(LOOK)) {
        if (child.looksInVain() >= launch.stallTimeout().dividedBy(LOOK)) {
          child.kill();
          return "because its steps stood still for sutazai.inference.engine.stall-timeout";
        }
        child.look();
        if (hasTooMuch(child) && isIdle(backend)) {
          return "because it had more memory than sutazai.inference.engine.memory";
        }
      }
      return child.end();
    } catch (IOException e) {
      return "before it was ready: " + e.getMessage();
    } catch (RuntimeException e) {
      return "because it could not be watched: " + e;
    } finally {
      process = null;
    }
  }

  /** Pulls and measurements have no slot, and who has one may be about to call. */
  private boolean isIdle(Backend backend) {
    return backend.calls() == 0 && batcher.used(backend) == 0;
  }

  private boolean hasTooMuch(EngineChild child) {
    return child.ownMemory().orElse(0) > launch.memoryLimit();
  }
}
