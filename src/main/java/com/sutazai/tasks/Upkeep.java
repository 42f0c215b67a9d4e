package com.sutazai.tasks;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.queue.Poller;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What time and other tasks do to waiting tasks: they expire, they are cancelled with what they
 * depend on, they may run at last. Every process does it; each step is one statement that changes
 * only what is still as it was seen.
 */
@ApplicationScoped
class Upkeep {
  private static final Logger LOG = Logger.getLogger(Upkeep.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** A look with many waiting tasks is paid for by so many times its duration without one. */
  private static final int REST = 3;

  private static final long MOST_REST = Duration.ofSeconds(5).toNanos();

  private static final Statement EXPIRE =
      Statement.of(
          "jobs.expire",
          """
      WITH gone AS (
        DELETE FROM jobs
        WHERE expires_at <= now() AND (lease IS NULL OR visible_at <= now())
        RETURNING task_id, attempt, started_at)
      UPDATE tasks
      SET status = 'failed', error_code = 'expired',
          error_detail = CASE
            WHEN gone.attempt = 0 THEN 'It was not begun before expires_at.'
            WHEN error_code IS NULL THEN 'It was not begun again before expires_at.'
            ELSE 'It was not begun again before expires_at; the last try failed as ' || error_code || coalesce(': ' || error_detail, '')
          END,
          attempt = gone.attempt, started_at = gone.started_at, completed_at = now()
      FROM gone
      WHERE tasks.id = gone.task_id
      RETURNING tasks.id, tasks.type
      """);

  private final Database database;
  private final Dependencies dependencies;
  private final OpenDependencies open;
  private final Finished finished;
  private final Poller poller;
  private final Bell bell = new Bell();
  private @Nullable Loop loop;

  Upkeep(
      Database database,
      Dependencies dependencies,
      OpenDependencies open,
      Finished finished,
      Poller poller) {
    this.database = database;
    this.dependencies = dependencies;
    this.open = open;
    this.finished = finished;
    this.poller = poller;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    loop = Loop.start("task-upkeep", this::next);
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  private void next() throws InterruptedException {
    finished.tellNext(bell::ring); // what ends during the look may be waited for, too
    long start = System.nanoTime();
    if (look()) {
      Thread.sleep(Duration.ofNanos(Math.min(REST * (System.nanoTime() - start), MOST_REST)));
    } else {
      finished.tellNext(null);
    }
    bell.await(INTERVAL);
  }

  /** One look; whether tasks wait for others. */
  private boolean look() {
    try {
      announce(database.query(EXPIRE), "failed");
      if (!dependencies.anyOpen(database)) {
        open.counted(Map.of());
        return false;
      }
      open.count(database);
      announce(dependencies.cancelBroken(database), "cancelled"); // what is left: the next look
      if (dependencies.release(database) > 0) {
        poller.wake();
      }
      return true;
    } catch (ProblemException unavailable) {
      return false;
    } catch (RuntimeException e) {
      LOG.error("Waiting tasks could not be looked after; it goes on", e);
      return false;
    }
  }

  private void announce(List<Row> ended, String state) {
    ended.forEach(row -> finished.announce(row.getUUID("id"), row.getString("type"), state));
  }
}
