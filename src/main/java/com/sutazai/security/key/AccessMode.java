package com.sutazai.security.key;

import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether callers need credentials: once there are any, for as long as the program runs. A key that
 * another process makes, or the command line, is seen within two seconds.
 */
@ApplicationScoped
public class AccessMode {
  /** After the schema is there, before anything listens. */
  public static final int PRIORITY = 20;

  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Database database;
  private final KeyRepository repository;
  private volatile boolean closed;
  private @Nullable Loop looking;

  AccessMode(Database database, KeyRepository repository) {
    this.database = database;
    this.repository = repository;
  }

  void start(@Observes @Priority(PRIORITY) StartupEvent event) {
    if (repository.any(database)) {
      closed = true;
    }
    if (!closed) {
      looking = Loop.start("look-for-keys", this::look);
    }
  }

  private void look() throws InterruptedException {
    Thread.sleep(LOOK);
    if (closed || repository.any(database)) {
      close();
    }
  }

  /** Whether callers need credentials. */
  public boolean closed() {
    return closed;
  }

  /** From now on they do. */
  public void close() {
    closed = true;
    Loop loop = looking;
    if (loop != null) {
      loop.stop();
    }
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (looking != null) {
      looking.stop();
    }
  }
}
