package com.sutazai.cache;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import java.time.Duration;
import java.util.UUID;

/**
 * Leases in an unlogged table of PostgreSQL, whose writes wait for no disk. Not advisory locks:
 * those of a transaction would hold one open, and a connection, for as long as a load takes.
 */
final class DatabaseLeases implements LeaseKeeper {
  // Who finds a lease that is held writes nothing. When two come at once to a name without a row,
  // one waits for the other's commit and then finds its row.
  private static final Statement TAKE =
      Statement.of(
          "cache_leases.take",
          """
      WITH taken AS (
        INSERT INTO cache_leases AS held (name, token, ends_at)
        SELECT $1::varchar, $2::uuid, now() + $3 * interval '1 millisecond'
        WHERE NOT EXISTS (SELECT FROM cache_leases WHERE name = $1::varchar AND ends_at > now())
        ON CONFLICT (name) DO UPDATE SET token = excluded.token, ends_at = excluded.ends_at
        WHERE held.ends_at <= now()
        RETURNING name)
      SELECT CASE WHEN EXISTS (SELECT FROM taken) THEN 'TAKEN'
                  WHEN EXISTS (SELECT FROM cache_leases WHERE name = $1::varchar AND token IS NULL AND ends_at > now()) THEN 'KEPT'
                  ELSE 'HELD' END AS answer
      """);

  private static final Statement HOLD =
      Statement.of(
          "cache_leases.hold",
          """
      UPDATE cache_leases SET ends_at = now() + $3 * interval '1 millisecond'
      WHERE name = $1 AND token = $2
      """);

  private static final Statement KEPT =
      Statement.of(
          "cache_leases.kept",
          """
      UPDATE cache_leases SET token = NULL, ends_at = now() + $3 * interval '1 millisecond'
      WHERE name = $1 AND token = $2
      """);

  private static final Statement RELEASE =
      Statement.of(
          "cache_leases.release", "DELETE FROM cache_leases WHERE name = $1 AND token = $2");

  private static final Statement SWEEP =
      Statement.of("cache_leases.sweep", "DELETE FROM cache_leases WHERE ends_at <= now()");

  private final Database database;
  private final TableGuard guard;

  DatabaseLeases(Database database, TableGuard guard) {
    this.database = database;
    this.guard = guard;
  }

  @Override
  public Answer take(String name, String token, Duration hold) {
    return guard.ask(
        () ->
            Answer.valueOf(
                database
                    .query(TAKE, name, id(token), (double) hold.toMillis())
                    .getFirst()
                    .getString("answer")));
  }

  @Override
  public void hold(String name, String token, Duration hold) {
    guard.tell(() -> database.update(HOLD, name, id(token), (double) hold.toMillis()));
  }

  @Override
  public void kept(String name, String token, Duration told) {
    guard.tell(() -> database.update(KEPT, name, id(token), (double) told.toMillis()));
  }

  @Override
  public void release(String name, String token) {
    guard.tell(() -> database.update(RELEASE, name, id(token)));
  }

  /** Removes what is over; the next one who wants it would have taken its place. */
  void sweep() {
    database.update(SWEEP);
  }

  private static UUID id(String token) {
    return new UUID(
        Long.parseUnsignedLong(token, 0, 16, 16), Long.parseUnsignedLong(token, 16, 32, 16));
  }
}
