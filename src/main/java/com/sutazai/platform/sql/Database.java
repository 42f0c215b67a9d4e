package com.sutazai.platform.sql;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The database as blocking calls on virtual threads. Failures to reach it end as 503 {@code
 * database_unavailable} when nothing can have been stored, and as 503 {@code outcome_unknown} when
 * a change or a commit was on its way; refused statements surface as {@link PgException}.
 */
@ApplicationScoped
public class Database implements Sql {
  private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final Pool pool;
  private final MeterRegistry registry;
  private final PoolMetrics connections;
  private final Map<Statement, Timer> timers = new ConcurrentHashMap<>();

  public Database(Pool pool, MeterRegistry registry, DatabaseConfig config) {
    this.pool = pool;
    this.registry = registry;
    connections = new PoolMetrics(pool, config.poolMax(), registry);
  }

  @Override
  public List<Row> query(Statement statement, @Nullable Object... arguments) {
    return rows(alone(statement, arguments));
  }

  @Override
  public int update(Statement statement, @Nullable Object... arguments) {
    return alone(statement, arguments).rowCount();
  }

  private RowSet<Row> alone(Statement statement, @Nullable Object... arguments) {
    connections.begin();
    try {
      return execute(pool, statement, arguments);
    } catch (ProblemException failure) {
      throw statement.changes() ? failure : nothingStored(failure);
    } finally {
      connections.end();
    }
  }

  /** Runs the work in one transaction: commits when it returns, rolls back when it throws. */
  public <T extends @Nullable Object> T transaction(Function<Sql, T> work) {
    connections.begin();
    try {
      return transaction(connect(), work);
    } finally {
      connections.end();
    }
  }

  private SqlConnection connect() {
    Future<SqlConnection> connecting = pool.getConnection();
    try {
      return await(connecting, CONNECT_TIMEOUT);
    } catch (ProblemException tooLate) {
      connecting.onSuccess(SqlConnection::close);
      throw nothingStored(tooLate);
    }
  }

  private <T extends @Nullable Object> T transaction(
      SqlConnection connection, Function<Sql, T> work) {
    try {
      Transaction transaction;
      T result;
      try {
        transaction = await(connection.begin(), STATEMENT_TIMEOUT);
        result = work(connection, transaction, work);
      } catch (ProblemException beforeCommit) {
        throw nothingStored(beforeCommit);
      }
      await(transaction.commit(), STATEMENT_TIMEOUT);
      return result;
    } finally {
      var _ = connection.close();
    }
  }

  private <T extends @Nullable Object> T work(
      SqlConnection connection, Transaction transaction, Function<Sql, T> work) {
    try {
      return work.apply(new Within(connection));
    } catch (RuntimeException | Error failure) {
      rollback(transaction, failure);
      throw failure;
    }
  }

  private static void rollback(Transaction transaction, Throwable failure) {
    try {
      await(transaction.rollback(), STATEMENT_TIMEOUT);
    } catch (RuntimeException second) {
      failure.addSuppressed(second);
    }
  }

  private final class Within implements Sql {
    private final SqlConnection connection;

    Within(SqlConnection connection) {
      this.connection = connection;
    }

    @Override
    public List<Row> query(Statement statement, @Nullable Object... arguments) {
      return rows(execute(connection, statement, arguments));
    }

    @Override
    public int update(Statement statement, @Nullable Object... arguments) {
      return execute(connection, statement, arguments).rowCount();
    }
  }

  private RowSet<Row> execute(
      SqlClient client, Statement statement, @Nullable Object... arguments) {
    long start = System.nanoTime();
    RowSet<Row> rows =
        await(
            client.preparedQuery(statement.text()).execute(Tuple.from(arguments)),
            STATEMENT_TIMEOUT);
    timers
        .computeIfAbsent(statement, this::timer)
        .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    return rows;
  }

  private Timer timer(Statement statement) {
    return Timer.builder(MetricNames.DATABASE_QUERY_DURATION)
        .description("From sending a statement to its last row, the wait for a connection included")
        .tag("statement", statement.name())
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofMillis(250),
            Duration.ofSeconds(1))
        .register(registry);
  }

  private static List<Row> rows(RowSet<Row> rows) {
    return rows.size() == 0 ? List.of() : StreamSupport.stream(rows.spliterator(), false).toList();
  }

  private static <T> T await(Future<T> future, Duration limit) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown("The call was interrupted.", e);
    } catch (TimeoutException e) {
      throw unknown("The database did not answer within " + limit.toSeconds() + " s.", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PgException refused && !isOutage(refused)) {
        throw badValue(refused);
      }
      throw e.getCause() instanceof PgException || e.getCause() instanceof ConnectException
          ? unavailable(e.getCause())
          : unknown("The connection to the database broke.", e.getCause());
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

  /** SQLSTATE 08 connection, 53 resources, 57P shutdown, 58 system: it may work later. */
  private static boolean isOutage(PgException e) {
    String state = e.getSqlState();
    return state == null
        || state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.startsWith("58");
  }

  /** The same failure where no change can have been committed. */
  private static ProblemException nothingStored(ProblemException failure) {
    return failure.code() == ErrorCode.OUTCOME_UNKNOWN ? unavailable(failure.getCause()) : failure;
  }

  private static ProblemException unavailable(@Nullable Throwable cause) {
    return problem(
        ErrorCode.DATABASE_UNAVAILABLE,
        "The database cannot be reached; nothing was stored",
        cause);
  }

  private static ProblemException unknown(String what, @Nullable Throwable cause) {
    return problem(
        ErrorCode.OUTCOME_UNKNOWN,
        what + " Look whether it was done, or send it again with the same Idempotency-Key.",
        cause);
  }

  private static ProblemException problem(
      ErrorCode code, String detail, @Nullable Throwable cause) {
    ProblemException problem = new ProblemException(code, detail).retryAfter(RETRY_AFTER);
    return cause == null ? problem : problem.causedBy(cause);
  }
}
