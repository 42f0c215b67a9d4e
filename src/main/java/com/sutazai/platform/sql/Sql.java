package com.sutazai.platform.sql;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements, either each on its own or inside one transaction; blocks the calling virtual
 * thread.
 */
public interface Sql {
  /** Rows of a query or of a RETURNING clause. Arguments bind to {@code $1…} in order. */
  List<Row> query(String statement, @Nullable Object... arguments);

  /** Number of rows that the statement changed. */
  int update(String statement, @Nullable Object... arguments);

  /** Makes the result list from a client row set. */
  static List<Row> rows(RowSet<Row> rows) {
    return rows.size() == 0
        ? List.of()
        : java.util.stream.StreamSupport.stream(rows.spliterator(), false).toList();
  }
}
