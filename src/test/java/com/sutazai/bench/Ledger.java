package com.sutazai.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Every task that the program accepted, and what the database says about it afterwards: each must
 * have completed, at its first and only try, and there must be no task that nobody submitted.
 */
final class Ledger {
  private final Connection connection;
  private final List<UUID> accepted = new ArrayList<>();
  private long tasks;
  private long lost;
  private long repeated;
  private long unknown;

  Ledger(Connection connection) {
    this.connection = connection;
  }

  synchronized void accept(List<UUID> ids) {
    accepted.addAll(ids);
  }

  synchronized int size() {
    return accepted.size();
  }

  /**
   * A stretch of tasks that was checked.
   *
   * @param lastEnd when the last one ended, in seconds since 1970
   */
  record Checked(int tasks, double lastEnd) {}

  /** Checks what was accepted since the last check, and begins anew. */
  synchronized Checked check() throws SQLException {
    Set<UUID> missing = new HashSet<>(accepted);
    int count = missing.size();
    double lastEnd = 0;
    if (missing.size() != accepted.size()) {
      throw new AssertionError("The program gave two tasks the same id");
    }
    if (count > 0) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(10_000);
        try (ResultSet row =
            statement.executeQuery(
                "SELECT id, status, attempt, extract(epoch FROM completed_at) FROM sutazai.tasks"
                    + " WHERE id >= '"
                    + accepted.stream().min(Ledger::compare).orElseThrow()
                    + "'")) {
          while (row.next()) {
            if (!missing.remove(row.getObject(1, UUID.class))) {
              unknown++;
            } else if (!row.getString(2).equals("completed")) {
              lost++;
            } else {
              repeated += row.getInt(3) == 1 ? 0 : 1;
              lastEnd = Math.max(lastEnd, row.getDouble(4));
            }
          }
        }
      } finally {
        connection.setAutoCommit(true);
      }
    }
    tasks += count;
    lost += missing.size();
    accepted.clear();
    return new Checked(count, lastEnd);
  }

  /** As PostgreSQL orders them; {@link UUID#compareTo} takes the halves as signed numbers. */
  private static int compare(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  /** Tasks that an agent ran more often than there were tasks. */
  void ranTooOften(long runs) {
    repeated += runs;
  }

  boolean isClean() {
    return lost == 0 && repeated == 0 && unknown == 0;
  }

  @Override
  public String toString() {
    return "accepted %,d; lost %d; run more than once %d; never submitted %d"
        .formatted(tasks, lost, repeated, unknown);
  }
}
