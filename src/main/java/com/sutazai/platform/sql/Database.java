package com.sutazai.platform.sql;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.permit.Permits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
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
 * database_unavailable}, as do transactions that the server gave up for another one; what conflicts
 * with another row ends as 409 {@code conflict}. Other refused statements surface as {@link
 * PgException}.
 */
@ApplicationScoped
public class Database implements Sql {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final String NOT_REACHED = "The database cannot be reached; nothing was stored";

  private final Pool pool;
  private final Sessions sessions;
  private final MeterRegistry registry;
  private final DatabaseConfig config;
  private final Permits permits;
  private final PoolMetrics connections;
  private final Map<Statement, Timer> timers = new ConcurrentHashMap<>();

  Database(Pool pool, Sessions sessions, MeterRegistry registry, DatabaseConfig config) {
    this.pool = pool;
    this.sessions = sessions;
    this.registry = registry;
    this.config = config;
    permits = new Permits(config.poolMax());
    connections = new PoolMetrics(pool, permits, registry);
  }

  /**
   * The connections of this process.
   *
   * @param max that it uses at once
   * @param most that it opens at most
   * @param used by a statement or transaction now
   * @param asked how often one was asked for since the start
   * @param waited how often none was free then
   */
  public record Connections(int max, int most, int used, long asked, long waited) {}

  /** The connections of this process now. */
  public Connections connections() {
    Permits.Counts counts = permits.counts();
    return new Connections(
        permits.limit(), config.poolMax(), connections.used(), counts.asked(), counts.waited());
  }

  /**
   * Lets this process use so many connections at once, until it ends; the pool itself cannot grow.
   *
   * @param max 1 to {@link Connections#most}
   */
  public void resize(int max) {
    permits.resize(Math.clamp(max, 1, config.poolMax()));
  }

  @Override
  public List<Row> query(Statement statement, @Nullable Object... arguments) {
    return sessions.changeHands()
        ? transaction(sql -> sql.query(statement, arguments))
        : rows(alone(statement, arguments));
  }

  @Override
  public int update(Statement statement, @Nullable Object... arguments) {
    return sessions.changeHands()
        ? transaction(sql -> sql.update(statement, arguments))
        : alone(statement, arguments).rowCount();
  }

  private RowSet<Row> alone(Statement statement, @Nullable Object... arguments) {
    connections.begin();
    long start = System.nanoTime();
    try {
      takePermit();
      Future<SqlConnection> connecting = pool.getConnection();
      Future<RowSet<Row>> answer =
          connecting.compose(
              connection ->
                  send(connection, statement, arguments).eventually(() -> connection.close()));
      answer.onComplete(done -> permits.release(1));
      try {
        return timed(
            statement, start, answer, config.acquireTimeout().plus(config.statementTimeout()));
      } catch (ProblemException failed) {
        if (connecting.failed()) {
          throw notConnected(start, failed);
        }
        throw statement.changes() ? failed : nothingStored(failed);
      }
    } finally {
      connections.end();
    }
  }

  /** Runs the work in one transaction: commits when it returns, rolls back when it throws. */
  public <T extends @Nullable Object> T transaction(Function<Sql, T> work) {
    connections.begin();
    try {
      takePermit();
      return transaction(connect(), work);
    } finally {
      connections.end();
    }
  }

  private void takePermit() {
    boolean taken;
    try {
      taken = permits.tryAcquire(config.acquireTimeout());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw nothingStored(unknown("The call was interrupted.", e));
    }
    if (!taken) {
      throw noneFree(null);
    }
  }

  private SqlConnection connect() {
    long start = System.nanoTime();
    Future<SqlConnection> connecting = pool.getConnection();
    try {
      // The pool itself ends the wait; what comes later than that is given back.
      return await(connecting, config.acquireTimeout().plus(config.acquireTimeout()));
    } catch (ProblemException failed) {
      connecting.compose(SqlConnection::close).onComplete(closed -> permits.release(1));
      throw notConnected(start, failed);
    }
  }

  private ProblemException notConnected(long start, ProblemException failed) {
    boolean late = System.nanoTime() - start >= config.acquireTimeout().toNanos();
    return late ? noneFree(failed.getCause()) : unavailable(NOT_REACHED, failed.getCause());
  }

  private ProblemException noneFree(@Nullable Throwable cause) {
    return unavailable(
        "No connection to the database was free within "
            + config.acquireTimeout().toMillis()
            + " ms; nothing was stored",
        cause);
  }

  /** BEGIN goes out together with the first statement: nobody waits for its answer alone. */
  private <T extends @Nullable Object> T transaction(
      SqlConnection connection, Function<Sql, T> work) {
    try {
      Future<Transaction> begin = connection.begin();
      if (sessions.changeHands()) {
        begin = set(begin, connection.query(sessions.forTransaction()).execute());
      }
      T result;
      Transaction transaction;
      try {
        result = work(connection, begin, work);
        transaction = await(begin);
      } catch (ProblemException beforeCommit) {
        throw nothingStored(beforeCommit);
      }
      await(transaction.commit());
      return result;
    } finally {
      connection.close().onComplete(closed -> permits.release(1));
    }
  }

  private <T extends @Nullable Object> T work(
      SqlConnection connection, Future<Transaction> begin, Function<Sql, T> work) {
    try {
      return work.apply(new Within(connection));
    } catch (RuntimeException | Error failure) {
      rollback(begin, failure);
      throw failure;
    }
  }

  private static Future<Transaction> set(Future<Transaction> begin, Future<?> settings) {
    return begin.compose(transaction -> settings.map(done -> transaction));
  }

  private void rollback(Future<Transaction> begin, Throwable failure) {
    try {
      await(await(begin).rollback());
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
      return rows(execute(statement, arguments));
    }

    @Override
    public int update(Statement statement, @Nullable Object... arguments) {
      return execute(statement, arguments).rowCount();
    }

    private RowSet<Row> execute(Statement statement, @Nullable Object... arguments) {
      long start = System.nanoTime();
      return timed(
          statement, start, send(connection, statement, arguments), config.statementTimeout());
    }
  }

  private static Future<RowSet<Row>> send(
      SqlConnection connection, Statement statement, @Nullable Object... arguments) {
    return connection.preparedQuery(statement.text()).execute(Tuple.from(arguments));
  }

  private RowSet<Row> timed(
      Statement statement, long start, Future<RowSet<Row>> answer, Duration limit) {
    RowSet<Row> rows = await(answer, limit);
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

  private <T> T await(Future<T> future) {
    return await(future, config.statementTimeout());
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
      throw unknown("The database did not answer within " + limit.toMillis() + " ms.", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PgException refused && !isOutage(refused)) {
        throw refused(refused);
      }
      throw switch (e.getCause()) {
        case PgException gaveUp ->
            unavailable("The database gave up: " + gaveUp.getErrorMessage(), gaveUp);
        case ConnectException away -> unavailable(NOT_REACHED, away);
        case null, default -> unknown("The connection to the database broke.", e.getCause());
      };
    }
  }

  /**
   * SQLSTATE class 22: a value that passed our own checks but that PostgreSQL cannot hold. 23505
   * and 23503: what was looked up before was true then, and another transaction was quicker.
   */
  private static RuntimeException refused(PgException e) {
    String state = String.valueOf(e.getSqlState());
    if (state.startsWith("22")) {
      return new ProblemException(
              ErrorCode.INVALID_REQUEST, "A value cannot be stored: " + e.getErrorMessage())
          .causedBy(e);
    }
    return switch (state) {
      case "23505" -> conflict("Another request stored the same at the same moment", e);
      case "23503" -> conflict("What this refers to was deleted at the same moment", e);
      default -> e;
    };
  }

  private static ProblemException conflict(String what, PgException e) {
    return new ProblemException(
            ErrorCode.CONFLICT, what + "; nothing was stored. Read again and repeat.")
        .causedBy(e);
  }

  /**
   * SQLSTATE 08 connection, 53 resources (a full disk too), 57 shutdown and statements that took
   * too long, 58 system, 40001 and 40P01 given up for another transaction: it may work later.
   */
  private static boolean isOutage(PgException e) {
    String state = e.getSqlState();
    return state == null
        || state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57")
        || state.startsWith("58")
        || state.equals("40001")
        || state.equals("40P01");
  }

  /** The same failure where no change can have been committed. */
  private static ProblemException nothingStored(ProblemException failure) {
    return failure.code() == ErrorCode.OUTCOME_UNKNOWN
        ? unavailable(NOT_REACHED, failure.getCause())
        : failure;
  }

  private static ProblemException unavailable(String detail, @Nullable Throwable cause) {
    return problem(ErrorCode.DATABASE_UNAVAILABLE, detail, cause);
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
