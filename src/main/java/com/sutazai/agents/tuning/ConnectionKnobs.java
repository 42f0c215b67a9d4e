package com.sutazai.agents.tuning;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Database.Connections;
import com.sutazai.platform.sql.Statement;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Connections to the database. There may be twice as many when statements waited for one, if the
 * server has that many left over. More than the process began with are recommended alone: its pool
 * cannot grow.
 */
@Singleton
class ConnectionKnobs implements Knobs {
  private static final Statement LEFT =
      Statement.of(
          "database.connections_left",
          """
      SELECT current_setting('max_connections')::bigint - count(*) AS left_over
      FROM pg_stat_activity
      WHERE backend_type = 'client backend'
      """);

  private final Database database;

  ConnectionKnobs(Database database) {
    this.database = database;
  }

  @Override
  public List<Knob> all() {
    return List.of(new Pool());
  }

  private final class Pool implements Knob {
    @Override
    public String setting() {
      return "sutazai.database.pool-max";
    }

    @Override
    public long value() {
      return database.connections().max();
    }

    @Override
    public void set(long value) {
      database.resize((int) value);
    }

    @Override
    public Watch watch() {
      Connections start = database.connections();
      return () -> seen(start, database.connections());
    }

    private Seen seen(Connections start, Connections end) {
      long waited = end.waited() - start.waited();
      ObjectNode told = JsonNodeFactory.instance.objectNode();
      told.put("statements_and_transactions", end.asked() - start.asked());
      told.put("of_them_waited", waited);
      if (waited == 0) {
        return new Seen(told, end.max(), "Nothing waited for a connection.");
      }
      long left = database.query(LEFT).getFirst().getLong("left_over");
      told.put("left_at_the_server", left);
      long better = 2L * end.max();
      if (left < better) {
        return new Seen(
            told, end.max(), "More is needed, but the server has only " + left + " left.");
      }
      return new Seen(
          told,
          better,
          better <= end.most()
              ? "Statements waited for a connection."
              : "Statements waited for a connection. It can be set at the next start alone.");
    }
  }
}
