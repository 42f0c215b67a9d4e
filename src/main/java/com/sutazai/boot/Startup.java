package com.sutazai.boot;

import com.sutazai.queue.Jobs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import org.eclipse.microprofile.config.Config;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** First thing up, last thing down: the database server and its schema. */
@ApplicationScoped
class Startup {
  private final Config config;
  private final BootConfig boot;
  private final Flyway flyway;
  private final Jobs jobs;
  private final Progress progress = new Progress();
  private @Nullable EmbeddedPostgres postgres;

  Startup(Config config, BootConfig boot, Flyway flyway, Jobs jobs) {
    this.config = config;
    this.boot = boot;
    this.flyway = flyway;
    this.jobs = jobs;
  }

  void start(@Observes @Priority(1) StartupEvent event) {
    var directory = config.getOptionalValue(DatabaseConfigSource.DATA_DIRECTORY, String.class);
    if (directory.isPresent()) {
      postgres =
          EmbeddedPostgres.start(
              DataDirectory.lock(Path.of(directory.get())),
              config.getValue(DatabaseConfigSource.EMBEDDED_PORT, Integer.class),
              config.getValue(DatabaseConfigSource.EMBEDDED_PASSWORD, String.class),
              boot,
              progress);
    }
    progress.step("Bringing the schema up to date");
    try {
      flyway.migrate();
    } catch (RuntimeException e) {
      close();
      throw new BootException(
          "The database schema cannot be brought up to date: " + e.getMessage(), e);
    }
    if (postgres != null) {
      jobs.releaseAll();
    }
  }

  void stop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    close();
  }

  private void close() {
    EmbeddedPostgres running = postgres;
    if (running != null) {
      running.close();
      postgres = null;
    }
  }

  @Nullable EmbeddedPostgres postgres() {
    return postgres;
  }
}
