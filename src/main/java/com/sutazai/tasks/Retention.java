package com.sutazai.tasks;

import com.sutazai.cache.Changes;
import com.sutazai.cache.Tags;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Removes tasks that ended longer ago than {@code sutazai.tasks.keep}: a few at a time, resting as
 * long as it worked, in any number of processes at once. A task that another one still waits for
 * stays.
 */
@ApplicationScoped
class Retention {
  private static final Duration SHORTEST_REST = Duration.ofMillis(20);
  private static final int BATCH = 1000;
  private static final UUID FIRST = new UUID(0, 0);

  // A task that ended before then was made before then, and keys sort by the time they were made:
  // so a walk along the primary key finds the old ones without an index on completed_at. The row
  // itself is looked at again under its lock, because it may have been run again meanwhile.
  private static final Statement REMOVE =
      Statement.of(
          "tasks.remove_old",
          """
      WITH seen AS (
        SELECT id FROM tasks WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3),
      old AS (
        SELECT t.id
        FROM tasks t
        WHERE t.id IN (SELECT id FROM seen) AND t.completed_at < now() - $4 * interval '1 second'
          AND NOT EXISTS (SELECT FROM task_dependencies d WHERE d.needs = t.id)
        FOR UPDATE OF t SKIP LOCKED),
      gone AS (
        DELETE FROM tasks USING old WHERE tasks.id = old.id RETURNING tasks.id)
      SELECT (SELECT count(*) FROM gone) AS removed, (SELECT count(*) FROM seen) AS seen,
             (SELECT id FROM seen ORDER BY id DESC LIMIT 1) AS last
      """);

  private final Database database;
  private final TasksConfig config;
  private final Changes changes;
  private final InstantSource clock;
  private final Counter removed;
  private @Nullable Loop loop;

  Retention(
      Database database,
      TasksConfig config,
      Changes changes,
      InstantSource clock,
      MeterRegistry registry) {
    this.database = database;
    this.config = config;
    this.changes = changes;
    this.clock = clock;
    removed =
        Counter.builder(MetricNames.TASKS_REMOVED)
            .description(
                "Finished tasks that were removed because they were older than the keep time")
            .register(registry);
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    if (config.keep().isPositive()) {
      loop = Loop.startRemoval("task-retention", config.keep(), () -> sweep(config.keep()));
    }
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  /** Looks at every task that is old enough; how many were removed. */
  long sweep(Duration keep) throws InterruptedException {
    UUID end = Ids.firstOf(clock.instant().minus(keep));
    UUID after = FIRST;
    long sum = 0;
    while (true) {
      long start = System.nanoTime();
      Row step = database.query(REMOVE, after, end, BATCH, keep.toSeconds()).getFirst();
      sum += step.getLong("removed");
      removed.increment(step.getLong("removed"));
      if (step.getLong("removed") > 0) {
        changes.changed(Tags.EACH_TASK);
      }
      if (step.getLong("seen") < BATCH) {
        return sum;
      }
      after = step.getUUID("last");
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Thread.sleep(took.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : took);
    }
  }
}
