package com.sutazai.gateway.batch;

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
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Removes files and ended batches that are older than {@code sutazai.batches.keep}; a file that an
 * unfinished batch reads stays until that has ended.
 */
@ApplicationScoped
class FileRetention {
  /** One file is up to eight hundred rows. */
  private static final int FILES = 10;

  private static final int BATCHES = 1000;
  private static final UUID FIRST = new UUID(0, 0);

  private final Database database;
  private final FileRepository files;
  private final BatchRepository batches;
  private final BatchesConfig config;
  private final InstantSource clock;
  private @Nullable Loop loop;

  FileRetention(
      Database database,
      FileRepository files,
      BatchRepository batches,
      BatchesConfig config,
      InstantSource clock) {
    this.database = database;
    this.files = files;
    this.batches = batches;
    this.config = config;
    this.clock = clock;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    if (config.keep().isPositive()) {
      loop = Loop.startRemoval("file-retention", config.keep(), () -> sweep(config.keep()));
    }
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  /** Removes all that are old enough, in any number of processes at once. */
  void sweep(Duration keep) {
    UUID end = Ids.firstOf(clock.instant().minus(keep));
    UUID after = FIRST;
    while (!after.equals(end)) {
      after = removeFiles(after, end, keep);
    }
    while (batches.removeOld(database, end, keep, BATCHES) == BATCHES) {
      // the next thousand
    }
  }

  /** Looks at the next files; the last one of them, or {@code end} when there are no more. */
  private UUID removeFiles(UUID after, UUID end, Duration keep) {
    return database.transaction(
        sql -> {
          List<UUID> held = files.lockOld(sql, after, end, keep, FILES);
          files.removeUnused(sql, held);
          return held.size() < FILES ? end : held.getLast();
        });
  }
}
