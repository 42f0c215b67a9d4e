package com.sutazai.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a program gets from the same server that stores its tasks row by row: eight clients, each
 * inserting one row and committing, over and over.
 */
final class Yardstick {
  private static final int CLIENTS = 8;

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS yardstick (
        id         uuid PRIMARY KEY,
        owner_id   uuid NOT NULL,
        type       varchar(100) NOT NULL,
        status     varchar(20) NOT NULL,
        priority   smallint NOT NULL,
        payload    jsonb NOT NULL,
        created_at timestamptz NOT NULL)
      """;

  private static final String INSERT =
      """
      INSERT INTO yardstick (id, owner_id, type, status, priority, payload, created_at)
      VALUES (?, ?, 'noop', 'pending', 5, '{"n": 1234567}', now())
      """;

  private final String url;
  private final List<Run> runs = new ArrayList<>();

  Yardstick(String url) throws SQLException {
    this.url = url;
    try (Connection connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(TABLE);
    }
  }

  /**
   * @param seconds as long as it really took
   */
  record Run(long commits, double seconds) {
    double rate() {
      return commits / seconds;
    }
  }

  /** So that connections are open and the server is warm when it counts. */
  void warmUp(double seconds) throws Exception {
    insertFor(seconds);
  }

  Run measure(double seconds) throws Exception {
    Run run = insertFor(seconds);
    runs.add(run);
    return run;
  }

  private Run insertFor(double seconds) throws Exception {
    var commits = new LongAdder();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    Clients.run(
        CLIENTS,
        client -> {
          UUID owner = UUID.randomUUID();
          try (Connection connection = DriverManager.getConnection(url);
              PreparedStatement insert = connection.prepareStatement(INSERT)) {
            while (System.nanoTime() < end) {
              insert.setObject(1, UUID.randomUUID());
              insert.setObject(2, owner);
              insert.executeUpdate();
              commits.increment();
            }
          }
        });
    return new Run(commits.sum(), (System.nanoTime() - start) / 1e9);
  }

  List<Run> runs() {
    return runs;
  }

  /** The mean of all measurements so far, in commits per second. */
  double rate() {
    return runs.stream().mapToDouble(Run::rate).average().orElse(Double.NaN);
  }

  long commits() {
    return runs.stream().mapToLong(Run::commits).sum();
  }
}
