package com.sutazai.queue;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs wait, by type and owner: counted in the database each second, so that asking costs
 * nothing and a bound on it is exact to what arrives within a second.
 */
@ApplicationScoped
public class QueueDepth {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Statement COUNT =
      Statement.of(
          "jobs.count",
          """
      SELECT type, owner_id, count(*) AS waiting
      FROM jobs
      WHERE lease IS NULL AND visible_at <= now()
      GROUP BY type, owner_id
      """);

  private final Database database;
  private volatile @Nullable Snapshot snapshot;
  private @Nullable Thread loop;

  QueueDepth(Database database) {
    this.database = database;
  }

  /** Counts of one moment. */
  public record Snapshot(long total, Map<String, Long> byType, Map<UUID, Long> byOwner) {}

  /** The newest counts; null when the database could not be asked. */
  public @Nullable Snapshot snapshot() {
    return snapshot;
  }

  void start(@Observes @Priority(900) StartupEvent event) {
    refresh();
    loop = Thread.ofVirtual().name("queue-depth").start(this::run);
  }

  void stop(@Observes ShutdownEvent event) {
    if (loop != null) {
      loop.interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        refresh();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void refresh() {
    try {
      long total = 0;
      Map<String, Long> types = new HashMap<>();
      Map<UUID, Long> owners = new HashMap<>();
      for (var row : database.query(COUNT)) {
        long waiting = row.getLong("waiting");
        total += waiting;
        types.merge(row.getString("type"), waiting, Long::sum);
        owners.merge(row.getUUID("owner_id"), waiting, Long::sum);
      }
      snapshot = new Snapshot(total, Map.copyOf(types), Map.copyOf(owners));
    } catch (ProblemException unavailable) {
      snapshot = null;
    }
  }
}
