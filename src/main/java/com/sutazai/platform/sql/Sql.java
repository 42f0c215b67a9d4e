package com.sutazai.platform.sql;

import io.vertx.sqlclient.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements, either each on its own or inside one transaction; blocks the calling virtual
 * thread.
 */
public interface Sql {
  /** Rows of a query or of a RETURNING clause. Arguments bind to {@code $1…} in order. */
  List<Row> query(Statement statement, @Nullable Object... arguments);

  /** Number of rows that the statement changed. */
  int update(Statement statement, @Nullable Object... arguments);
}
