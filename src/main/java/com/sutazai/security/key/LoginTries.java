package com.sutazai.security.key;

import com.sutazai.platform.id.Digests;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Rows of {@code login_tries}, by the database's clock, which all processes share. */
@Singleton
class LoginTries {
  /**
   * Adds a try where it may be made. Many at once wait for the row one after the other, and each
   * sees what the one before it made of it.
   */
  private static final Statement ADD =
      Statement.of(
          "login_tries.add",
          """
      INSERT INTO login_tries AS known (who, tries, last_at)
      VALUES ($1, 1, clock_timestamp())
      ON CONFLICT (who) DO UPDATE SET
        tries = CASE WHEN known.last_at < clock_timestamp() - make_interval(secs => $4) THEN 1 ELSE known.tries + 1 END,
        last_at = clock_timestamp()
      WHERE known.tries < $2
        OR known.last_at + make_interval(secs => least($3::float8, 2.0::float8 ^ least(known.tries - $2, 20))) <= clock_timestamp()
      """);

  private static final Statement WAIT =
      Statement.of(
          "login_tries.wait",
          """
      SELECT extract(epoch FROM
        last_at + make_interval(secs => least($3::float8, 2.0::float8 ^ least(tries - $2, 20))) - clock_timestamp())::float8 AS seconds
      FROM login_tries
      WHERE who = $1
      """);

  private static final Statement REMOVE_ONE =
      Statement.of(
          "login_tries.remove_one",
          "UPDATE login_tries SET tries = tries - 1 WHERE who = $1 AND tries > 1");

  private static final Statement FORGET =
      Statement.of("login_tries.forget", "DELETE FROM login_tries WHERE who = $1");

  private static final Statement FORGET_ONLY =
      Statement.of(
          "login_tries.forget_only", "DELETE FROM login_tries WHERE who = $1 AND tries = 1");

  /** Rows that another process adds to at the moment are left to the next time. */
  private static final Statement REMOVE_OLD =
      Statement.of(
          "login_tries.remove_old",
          """
      DELETE FROM login_tries
      WHERE who IN (
        SELECT who FROM login_tries
        WHERE last_at < clock_timestamp() - make_interval(secs => $1)
        ORDER BY last_at
        LIMIT 100
        FOR UPDATE SKIP LOCKED)
      """);

  /**
   * False when it has to wait: the first {@code free} tries have not, the next one a second, the
   * one after it two, up to {@code longest}. After {@code kept} without a try the count begins
   * anew.
   */
  boolean add(Sql sql, String who, int free, Duration longest, Duration kept) {
    return sql.update(ADD, key(who), free, (double) longest.toSeconds(), (double) kept.toSeconds())
        == 1;
  }

  /** How long the next try has to wait. */
  Duration untilNext(Sql sql, String who, int free, Duration longest) {
    return sql.query(WAIT, key(who), free, (double) longest.toSeconds()).stream()
        .findFirst()
        .map(row -> Duration.ofMillis(Math.max(0, Math.round(1000 * row.getDouble("seconds")))))
        .orElse(Duration.ZERO);
  }

  void takeBack(Sql sql, String who) {
    if (sql.update(REMOVE_ONE, key(who)) == 0) {
      sql.update(FORGET_ONLY, key(who));
    }
  }

  void forget(Sql sql, String who) {
    sql.update(FORGET, key(who));
  }

  void removeOld(Sql sql, Duration kept) {
    sql.update(REMOVE_OLD, (double) kept.toSeconds());
  }

  private static Buffer key(String who) {
    return Buffer.buffer(Digests.sha256(who));
  }
}
