package com.sutazai.tasks.workflow;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Removes workflows that ended longer ago than {@code sutazai.workflows.keep}. */
@ApplicationScoped
class WorkflowRetention {
  private static final Duration REST = Duration.ofMillis(50);
  private static final int BATCH = 100;
  private static final int MOST_LOST = 10_000;

  private final Database database;
  private final WorkflowRepository repository;
  private final WorkflowsConfig config;
  private final InstantSource clock;
  private @Nullable Loop loop;

  WorkflowRetention(
      Database database,
      WorkflowRepository repository,
      WorkflowsConfig config,
      InstantSource clock) {
    this.database = database;
    this.repository = repository;
    this.config = config;
    this.clock = clock;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    if (config.keep().isPositive()) {
      loop = Loop.startRemoval("workflow-retention", config.keep(), () -> sweep(config.keep()));
    }
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  /** Removes all that are old enough; how many. */
  long sweep(Duration keep) throws InterruptedException {
    repository.removeLostSignals(database, MOST_LOST);
    long sum = 0;
    while (true) {
      long removed =
          repository.removeOld(database, Ids.firstOf(clock.instant().minus(keep)), keep, BATCH);
      sum += removed;
      if (removed < BATCH) {
        return sum;
      }
      Thread.sleep(REST);
    }
  }
}
