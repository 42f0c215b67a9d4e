package com.sutazai.inference.usage;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database between whose work and its caller something may happen. */
final class UnreliableSql implements Sql {
  /** What happens to changes. */
  enum Fault {
    NONE,
    /** Nothing is stored. */
    AWAY,
    /** All is stored, and the caller does not learn of it. */
    ANSWER_LOST,
    /** Nothing is stored, and the caller does not learn of it. */
    REQUEST_LOST
  }

  private final Sql database;
  private volatile Fault fault = Fault.NONE;

  UnreliableSql(Sql database) {
    this.database = database;
  }

  void set(Fault next) {
    fault = next;
  }

  @Override
  public List<Row> query(Statement statement, @Nullable Object... arguments) {
    return database.query(statement, arguments);
  }

  @Override
  public int update(Statement statement, @Nullable Object... arguments) {
    return switch (fault) {
      case NONE -> database.update(statement, arguments);
      case AWAY -> throw new ProblemException(ErrorCode.DATABASE_UNAVAILABLE, "Away");
      case ANSWER_LOST -> {
        database.update(statement, arguments);
        throw new ProblemException(ErrorCode.OUTCOME_UNKNOWN, "Lost");
      }
      case REQUEST_LOST -> throw new ProblemException(ErrorCode.OUTCOME_UNKNOWN, "Lost");
    };
  }
}
