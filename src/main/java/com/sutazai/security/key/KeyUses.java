package com.sutazai.security.key;

import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** When keys were used last: noted in memory, written together once a minute. */
@ApplicationScoped
class KeyUses {
  /** A key is noted again after so long at the earliest. */
  static final long EXACT_MILLIS = 30_000;

  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int MOST = 10_000;

  private static final Logger LOG = Logger.getLogger(KeyUses.class);

  private final Database database;
  private final KeyRepository repository;
  private final Map<UUID, Instant> uses = new ConcurrentHashMap<>();
  private @Nullable Loop writing;

  KeyUses(Database database, KeyRepository repository) {
    this.database = database;
    this.repository = repository;
  }

  void start(@Observes @Priority(AccessMode.PRIORITY) StartupEvent event) {
    writing =
        Loop.start(
            "write-key-uses",
            () -> {
              Thread.sleep(PAUSE);
              write();
            });
  }

  /** Past its bound a use is not noted. */
  void note(UUID key, Instant now) {
    if (uses.size() < MOST || uses.containsKey(key)) {
      uses.put(key, now);
    }
  }

  /** Writes what was noted; what cannot be written stays for the next time. */
  void write() {
    Map<UUID, Instant> noted = new HashMap<>(uses);
    if (!noted.isEmpty()) {
      repository.used(database, noted);
      noted.forEach(uses::remove);
    }
  }

  void stop(@Observes @Priority(800) ShutdownEvent event) {
    if (writing != null) {
      writing.stop();
    }
    try {
      write();
    } catch (RuntimeException e) {
      LOG.debug("The last uses of keys were not written", e);
    }
  }
}
