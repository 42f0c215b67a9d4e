package com.sutazai.security.audit;

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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Removes rows of the audit log that are older than they are kept. */
@ApplicationScoped
class AuditRetention {
  private static final int MOST_AT_ONCE = 1_000;

  private final Database database;
  private final AuditRepository repository;
  private final AuditConfig config;
  private final InstantSource clock;
  private @Nullable Loop loop;

  AuditRetention(
      Database database, AuditRepository repository, AuditConfig config, InstantSource clock) {
    this.database = database;
    this.repository = repository;
    this.config = config;
    this.clock = clock;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    if (config.keep().isPositive()) {
      loop =
          Loop.startRemoval(
              "remove-old-audit-log", config.keep(), () -> removeOlderThan(config.keep()));
    }
  }

  /** Tells how many were removed. */
  long removeOlderThan(Duration age) {
    UUID before = Ids.firstOf(clock.instant().minus(age));
    long all = 0;
    long removed;
    do {
      removed = repository.remove(database, before, MOST_AT_ONCE);
      all += removed;
    } while (removed == MOST_AT_ONCE);
    return all;
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }
}
