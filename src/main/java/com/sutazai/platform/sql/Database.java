package com.sutazai.platform.sql;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database as blocking calls on virtual threads. Failures to reach it end as 503 {@code
 * database_unavailable}; refused statements surface as {@link PgException}.
 */
@ApplicationScoped
public class Database implements Sql {
  private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final Pool pool;

  public Database(Pool pool) {
    this.pool = pool;
  }

  @Override
  public List<Row> query(String statement, @Nullable Object... arguments) {
    return run(pool, statement, arguments);
  }

  @Override
  public int update(String statement, @Nullable Object... arguments) {
    return await(pool.preparedQuery(statement).execute(tuple(arguments)), STATEMENT_TIMEOUT)
        .rowCount();
  }

  /** Runs the work in one transaction: commits when it returns, rolls back when it throws. */
  public <T extends @Nullable Object> T transaction(Function<Sql, T> work) {
    SqlConnection connection = await(pool.getConnection(), CONNECT_TIMEOUT);
    try {
      var transaction = await(connection.begin(), STATEMENT_TIMEOUT);
      T result;
      try {
        result = work.apply(new Within(connection));
      } catch (RuntimeException | Error failure) {
        rollback(transaction, failure);
        throw failure;
      }
      await(transaction.commit(), STATEMENT_TIMEOUT);
      return result;
    } finally {
      var _ = connection.close();
    }
  }

  private static void rollback(io.vertx.sqlclient.Transaction transaction, Throwable failure) {
    try {
      await(transaction.rollback(), STATEMENT_TIMEOUT);
    } catch (RuntimeException second) {
      failure.addSuppressed(second);
    }
  }

  private record Within(SqlConnection connection) implements Sql {
    @Override
    public List<Row> query(String statement, @Nullable Object... arguments) {
      return run(connection, statement, arguments);
    }

    @Override
    public int update(String statement, @Nullable Object... arguments) {
      return await(connection.preparedQuery(statement).execute(tuple(arguments)), STATEMENT_TIMEOUT)
          .rowCount();
    }
  }

  private static List<Row> run(SqlClient client, String statement, @Nullable Object... arguments) {
    return Sql.rows(
        await(client.preparedQuery(statement).execute(tuple(arguments)), STATEMENT_TIMEOUT));
  }

  private static Tuple tuple(@Nullable Object... arguments) {
    return Tuple.from(arguments);
  }

  private static <T> T await(Future<T> future, Duration limit) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("The call was interrupted", e);
    } catch (TimeoutException e) {
      throw unavailable("The database did not answer within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PgException refused && !isOutage(refused)) {
        throw badValue(refused);
      }
      throw unavailable("The database cannot be reached; nothing was stored", e.getCause());
    }
  }

  /** SQLSTATE class 22: a value that passed our own checks but that PostgreSQL cannot hold. */
  private static RuntimeException badValue(PgException e) {
    return e.getSqlState() != null && e.getSqlState().startsWith("22")
        ? new ProblemException(
                ErrorCode.INVALID_REQUEST, "A value cannot be stored: " + e.getErrorMessage())
            .causedBy(e)
        : e;
  }

  /**
   * SQLSTATE classes 08 connection, 53 resources, 57 operator intervention, 58 system: the
   * statement may work later.
   */
  private static boolean isOutage(PgException e) {
    String state = e.getSqlState();
    return state == null
        || state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.startsWith("58");
  }

  private static ProblemException unavailable(String detail, @Nullable Throwable cause) {
    ProblemException problem =
        new ProblemException(ErrorCode.DATABASE_UNAVAILABLE, detail)
            .retryAfter(Duration.ofSeconds(2));
    return cause == null ? problem : problem.causedBy(cause);
  }
}
