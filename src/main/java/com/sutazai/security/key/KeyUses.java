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
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * When keys and sessions were used last: noted in memory, written together once a minute. Each use
 * of a session puts its end off.
 */
@ApplicationScoped
class KeyUses {
  /** A key is noted again after so long at the earliest. */
  static final long EXACT_MILLIS = 30_000;

  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int MOST = 10_000;

  private static final Logger LOG = Logger.getLogger(KeyUses.class);

  private final Database database;
  private final KeyRepository keys;
  private final UserRepository users;
  private final Map<UUID, Instant> uses = new ConcurrentHashMap<>();
  private final Map<String, Instant> sessions = new ConcurrentHashMap<>();
  private @Nullable Loop writing;

  KeyUses(Database database, KeyRepository keys, UserRepository users) {
    this.database = database;
    this.keys = keys;
    this.users = users;
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
    note(uses, key, now);
  }

  /** The same of the session with that prefix. */
  void noteSession(String prefix, Instant now) {
    note(sessions, prefix, now);
  }

  private static <K> void note(Map<K, Instant> noted, K what, Instant now) {
    if (noted.size() < MOST || noted.containsKey(what)) {
      noted.put(what, now);
    }
  }

  /** Writes what was noted; what cannot be written stays for the next time. */
  void write() {
    write(uses, noted -> keys.used(database, noted));
    write(sessions, noted -> users.used(database, noted));
  }

  private static <K> void write(Map<K, Instant> noted, Consumer<Map<K, Instant>> written) {
    Map<K, Instant> now = new HashMap<>(noted);
    if (!now.isEmpty()) {
      written.accept(now);
      now.forEach(noted::remove);
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
