package com.sutazai.cache;

import com.sutazai.cache.EntryWriter.NewEntry;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.platform.sql.Storage;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Entries in a table of PostgreSQL. It is unlogged: writing to it costs no write-ahead log and no
 * sync, and after a crash of the server it is empty. Each process removes what is past its time,
 * and the oldest ones when the table has more bytes than it may.
 */
@ApplicationScoped
class DatabaseTier implements Tier {
  private static final Duration SWEEP = Duration.ofMinutes(1);
  private static final int AT_ONCE = 500;

  private static final Statement NAMESPACE =
      Statement.of("cache_namespace.get", "SELECT id FROM cache_namespace");

  private static final Statement GET =
      Statement.of(
          "cache_entries.get",
          "SELECT entry FROM cache_entries WHERE name = $1 AND expires_at > now()");

  private static final Statement REMOVE =
      Statement.of(
          "cache_entries.remove",
          """
      WITH removed AS (DELETE FROM cache_entries WHERE tags @> ARRAY[$1] RETURNING expires_at)
      SELECT count(*) FILTER (WHERE expires_at > now()) AS entries FROM removed
      """);

  // SKIP LOCKED: several processes sweep, each what the others leave.
  private static final Statement SWEEP_EXPIRED =
      Statement.of(
          "cache_entries.sweep",
          """
      DELETE FROM cache_entries
      WHERE name IN (SELECT name FROM cache_entries WHERE expires_at <= now()
                     ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
      """);

  private static final Statement SIZE =
      Statement.of(
          "cache_entries.size",
          "SELECT count(*) AS entries, coalesce(sum(octet_length(entry)), 0)::bigint AS bytes FROM cache_entries");

  private static final Statement SHRINK =
      Statement.of(
          "cache_entries.shrink",
          """
      DELETE FROM cache_entries
      WHERE name IN (SELECT name FROM (SELECT name, sum(octet_length(entry)) OVER (ORDER BY expires_at DESC, name) AS kept
                                       FROM cache_entries) newest
                     WHERE kept > $1)
      """);

  private final Database database;
  private final Storage storage;
  private final long maxBytes;
  private final TableGuard guard;
  private final DatabaseLeases leases;
  private final EntryWriter writer;
  private @Nullable Loop loop;
  private volatile @Nullable Size size;

  @Inject
  DatabaseTier(Database database, Storage storage, CacheConfig config) {
    this(
        database,
        storage,
        config.model().databaseMaxBytes().asLongValue(),
        config.model().databaseTimeout());
  }

  DatabaseTier(Database database, Storage storage, long maxBytes, Duration timeout) {
    this.database = database;
    this.storage = storage;
    this.maxBytes = maxBytes;
    guard = new TableGuard(timeout);
    leases = new DatabaseLeases(database, guard);
    writer = new EntryWriter(database);
  }

  /** What the table had when it was swept last. */
  record Size(long entries, long bytes) {}

  /** What tells this database from others whose processes use the same Redis. */
  UUID namespace() {
    return database.query(NAMESPACE).getFirst().getUUID("id");
  }

  boolean isOn() {
    return maxBytes > 0;
  }

  @Override
  public TierStatistics statistics() {
    Size now = size;
    String lastError = guard.lastError();
    return new TierStatistics(
        name(),
        lastError == null ? "up" : "down",
        now == null ? null : now.entries(),
        now == null ? null : now.bytes(),
        lastError);
  }

  @Override
  public String name() {
    return "database";
  }

  @Override
  public byte @Nullable [] get(String name) {
    List<Row> rows = guard.ask(() -> database.query(GET, name));
    return rows.isEmpty() ? null : rows.getFirst().getBuffer("entry").getBytes();
  }

  @Override
  public void put(String name, byte[] entry, Set<String> tags, Duration keep) {
    if (storage.shortage() != null) {
      throw new TierException("There is no room in the database", null);
    }
    guard.tell(() -> writer.write(new NewEntry(name, entry, tags, keep)));
  }

  @Override
  public long remove(String tag) {
    return guard.tell(() -> database.query(REMOVE, tag)).getFirst().getLong("entries");
  }

  @Override
  public Optional<LeaseKeeper> leases() {
    return Optional.of(leases);
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    if (isOn()) {
      loop = Loop.start("cache-sweep", this::next);
    }
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  private void next() throws InterruptedException {
    Thread.sleep(SWEEP);
    sweep();
  }

  /** Removes what is past its time, then the oldest until the rest is as small as it must be. */
  void sweep() {
    while (database.update(SWEEP_EXPIRED, AT_ONCE) == AT_ONCE) {
      // there are more
    }
    leases.sweep();
    shrinkTo(maxBytes);
    size = measure();
  }

  /** Removes those that end soonest, until the rest has no more bytes than this. */
  void shrinkTo(long bytes) {
    if (measure().bytes() > bytes) {
      database.update(SHRINK, bytes);
    }
  }

  private Size measure() {
    var row = database.query(SIZE).getFirst();
    return new Size(row.getLong("entries"), row.getLong("bytes"));
  }
}
