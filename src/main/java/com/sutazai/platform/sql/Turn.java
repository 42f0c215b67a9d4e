package com.sutazai.platform.sql;

import java.time.Duration;

/**
 * Lets transactions go one after the other that count before they write: the second one's count
 * sees what the first one wrote. It writes nothing, so one that finds nothing to do waits for no
 * disk.
 */
public final class Turn {
  /** Longer than transactions take; a process that stands still may keep its turn for a minute. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private static final long PAUSE_MS = 2;

  // A count in the same statement would see the table as it was before the wait.
  private static final Statement TAKE =
      Statement.of(
          "turn.take", "SELECT pg_try_advisory_xact_lock(hashtextextended($1::text, 0)) AS taken");

  private Turn() {}

  /**
   * Takes the turn until the end of the transaction; false when others have it for a second, or
   * when interrupted.
   *
   * @param sql a transaction
   * @param name what is counted, the same for all who count it
   */
  public static boolean take(Sql sql, String name) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (!sql.query(TAKE, name).getFirst().getBoolean("taken")) {
      if (System.nanoTime() >= deadline) {
        return false;
      }
      try {
        Thread.sleep(PAUSE_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
