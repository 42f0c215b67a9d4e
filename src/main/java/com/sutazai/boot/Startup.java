package com.sutazai.boot;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import com.sutazai.platform.loop.StopHook;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Jobs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.Config;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** First thing up, last thing down: the database server and its schema. */
@ApplicationScoped
class Startup {
  /** As a process has that a SIGTERM ended. */
  private static final int STOPPED = 143;

  private static final Duration FIRST_SESSION = Duration.ofSeconds(30);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

  private static final Statement SESSION =
      Statement.of("database.session", "SELECT current_schema() AS schema");

  private final Config config;
  private final BootConfig boot;
  private final Flyway flyway;
  private final Database database;
  private final Jobs jobs;
  private final Storage storage;
  private final Progress progress = new Progress();
  private @Nullable EmbeddedPostgres postgres;
  private @Nullable DiskWatch disk;

  Startup(
      Config config,
      BootConfig boot,
      Flyway flyway,
      Database database,
      Jobs jobs,
      Storage storage) {
    this.config = config;
    this.boot = boot;
    this.flyway = flyway;
    this.database = database;
    this.jobs = jobs;
    this.storage = storage;
  }

  void start(@Observes @Priority(1) StartupEvent event) {
    config
        .getOptionalValue("database.url", String.class)
        .filter(url -> !url.isBlank())
        .ifPresent(DatabaseAddress::parse);
    var directory = config.getOptionalValue(DatabaseConfigSource.DATA_DIRECTORY, String.class);
    directory.ifPresent(this::startEmbedded);
    if (directory.isPresent()) {
      prepare();
    } else {
      // Nothing was begun that would have to end well, and the framework ends a start only when it
      // is over: while a database of others is waited for, a stop is the end at once.
      try (StopHook _ = StopHook.begin("early-stop", () -> Runtime.getRuntime().halt(STOPPED))) {
        prepare();
      }
    }
    if (postgres != null) {
      jobs.releaseAll();
    }
  }

  private void prepare() {
    progress.step("Bringing the schema up to date");
    try {
      flyway.migrate();
    } catch (RuntimeException e) {
      close();
      throw new StartException(
          "The database schema cannot be brought up to date: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          e);
    }
    awaitSession();
  }

  /**
   * The first session takes longer than callers later wait for one: nothing is warm yet. PgBouncer
   * refuses what it begins with, unless it is known to be one.
   */
  private void awaitSession() {
    long deadline = System.nanoTime() + FIRST_SESSION.toNanos();
    while (true) {
      try {
        database.query(SESSION);
        return;
      } catch (ProblemException refused) {
        boolean bouncer = String.valueOf(refused.getCause()).contains("startup parameter");
        if (bouncer || System.nanoTime() >= deadline) {
          close();
          throw new StartException(
              bouncer
                  ? "PgBouncer answers at DATABASE_URL: say so by ending it with ?pgbouncer=true."
                  : "The database was brought up to date and then gave no session: "
                      + refused.getCause(),
              refused);
        }
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
      }
    }
  }

  private void startEmbedded(String directory) {
    DataDirectory data = DataDirectory.lock(Path.of(directory));
    try {
      postgres =
          EmbeddedPostgres.start(
              data,
              config.getValue(DatabaseConfigSource.EMBEDDED_PORT, Integer.class),
              config.getValue(DatabaseConfigSource.EMBEDDED_PASSWORD, String.class),
              boot,
              progress);
      disk = DiskWatch.start(data.path(), boot.minFree().asLongValue(), storage);
    } finally {
      if (postgres == null) {
        data.close();
      }
    }
  }

  void stop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    close();
  }

  /** Also when a start ends before it is one: then there is no event that says so. */
  @PreDestroy
  void close() {
    if (disk != null) {
      disk.close();
    }
    EmbeddedPostgres running = postgres;
    if (running != null) {
      running.close();
      postgres = null;
    }
  }

  /** The server that this process runs; empty when it uses another. */
  Optional<EmbeddedPostgres> embedded() {
    return Optional.ofNullable(postgres);
  }
}
