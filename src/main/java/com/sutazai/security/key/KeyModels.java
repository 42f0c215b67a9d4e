package com.sutazai.security.key;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.platform.caller.Allowed;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The models that work in the background may ask: those of the key that it counts for. What was
 * looked up counts for five seconds, as it does for requests.
 */
@ApplicationScoped
public class KeyModels {
  private static final int MOST_KEYS = 10_000;

  private static final Statement FIND =
      Statement.of("api_keys.models", "SELECT models FROM api_keys WHERE id = $1");

  private final Database database;
  private final Cache<UUID, Allowed> known =
      Caffeine.newBuilder().maximumSize(MOST_KEYS).expireAfterWrite(Duration.ofSeconds(5)).build();

  KeyModels(Database database) {
    this.database = database;
  }

  /** Any model where there is no key. Types of tasks were judged when the work was asked for. */
  public Allowed of(@Nullable UUID key) {
    if (key == null) {
      return Allowed.ANY;
    }
    Allowed before = known.getIfPresent(key);
    if (before != null) {
      return before;
    }
    Allowed found =
        database.query(FIND, key).stream()
            .findFirst()
            .map(row -> new Allowed(Set.of(row.getArrayOfStrings("models")), Set.of()))
            .orElse(Allowed.ANY);
    known.put(key, found);
    return found;
  }
}
