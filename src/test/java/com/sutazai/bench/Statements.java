package com.sutazai.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What each SQL statement costs the server, by the extension pg_stat_statements. */
final class Statements {
  private static final String COSTLIEST =
      """
      SELECT calls, total_exec_time, rows, shared_blks_hit + shared_blks_read AS blocks, wal_bytes,
             left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS query
      FROM pg_stat_statements
      WHERE query !~ 'pg_stat_statements'
      ORDER BY total_exec_time DESC
      LIMIT 10
      """;

  private final Connection connection;

  Statements(Connection connection) throws SQLException {
    this.connection = connection;
    execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void reset() throws SQLException {
    execute("SELECT pg_stat_statements_reset()");
  }

  /** The ten costliest since the reset, divided by the tasks. */
  void print(int tasks) throws SQLException {
    Report.say(
        "  %8s %9s %9s %8s %9s %8s", "calls", "ms/call", "us/task", "rows", "blocks", "WAL B");
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COSTLIEST)) {
      while (row.next()) {
        double millis = row.getDouble("total_exec_time");
        Report.say(
            "  %8d %9.3f %9.1f %8.2f %9.2f %8.0f  %s",
            row.getLong("calls"),
            millis / row.getLong("calls"),
            millis * 1000 / tasks,
            row.getDouble("rows") / tasks,
            row.getDouble("blocks") / tasks,
            row.getDouble("wal_bytes") / tasks,
            row.getString("query"));
      }
    }
  }
}
