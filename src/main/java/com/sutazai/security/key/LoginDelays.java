package com.sutazai.security.key;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.security.limit.Network;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Makes guessing slow: after {@link #FREE} failures with one name from one network, and after ten
 * times as many from one network, the next try has to wait a second, then two, then four, up to a
 * quarter of an hour. Whether the name exists does not matter. A try counts as a failure from its
 * beginning, so many at once are no way around. All processes on one database count together.
 */
@Singleton
class LoginDelays {
  static final int FREE = 5;
  static final int FREE_OF_NETWORK = 10 * FREE;
  private static final Duration LONGEST = Duration.ofMinutes(15);

  /** Longer than the longest wait, after which the next failure has to wait as long again. */
  private static final Duration KEPT = LONGEST.multipliedBy(2);

  private final Database database;
  private final LoginTries tries;

  LoginDelays(Database database, LoginTries tries) {
    this.database = database;
    this.tries = tries;
  }

  /** Counts a try, or refuses it when it comes too early. */
  void begin(String name, String address) {
    String network = Network.of(address);
    tries.removeOld(database, KEPT);
    database.transaction(
        sql -> {
          count(sql, both(name, network), FREE);
          count(sql, network, FREE_OF_NETWORK);
          return true;
        });
  }

  private void count(Sql sql, String who, int free) {
    if (!tries.add(sql, who, free, LONGEST, KEPT)) {
      throw new ProblemException(
              ErrorCode.TOO_MANY_ATTEMPTS, "Wait before the next try; the wait doubles each time.")
          .retryAfter(tries.untilNext(sql, who, free, LONGEST));
    }
  }

  /** Takes back a try whose password was not looked at. */
  void untried(String name, String address) {
    String network = Network.of(address);
    database.transaction(
        sql -> {
          tries.takeBack(sql, both(name, network));
          tries.takeBack(sql, network);
          return true;
        });
  }

  /** Forgets the failures with this name, and takes the try back. */
  void succeeded(String name, String address) {
    String network = Network.of(address);
    database.transaction(
        sql -> {
          tries.forget(sql, both(name, network));
          tries.takeBack(sql, network);
          return true;
        });
  }

  /** An address of mail has no spaces. */
  private static String both(String name, String network) {
    return name + " " + network;
  }
}
