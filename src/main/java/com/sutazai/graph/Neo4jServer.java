package com.sutazai.graph;

import com.sutazai.platform.breaker.CircuitBreaker;
import com.sutazai.platform.breaker.CircuitBreaker.Permit;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.AccessMode;
import org.neo4j.driver.Driver;
import org.neo4j.driver.Record;
import org.neo4j.driver.SessionConfig;
import org.neo4j.driver.TransactionConfig;
import org.neo4j.driver.async.AsyncSession;
import org.neo4j.driver.async.AsyncTransaction;

/**
 * Neo4j as blocking calls on virtual threads, each within a time limit.
 *
 * <p>After three failures in a row callers are refused at once, and only who fills the copy tries
 * whether it is back. A driver that failed is thrown away with its connections, because one that
 * does not answer would be given to the next caller. Says once that the server is there, and once
 * that it is not.
 */
final class Neo4jServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Neo4jServer.class);

  /** Shorter than a transaction of the database may rest. */
  private static final Duration WRITE_WITHIN = Duration.ofSeconds(20);

  private static final CircuitBreaker.Limits LIMITS =
      new CircuitBreaker.Limits(
          3, 20, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(5));

  private final Neo4jDrivers drivers;
  private final Duration timeout;
  private final CircuitBreaker breaker = new CircuitBreaker(LIMITS, System::nanoTime);
  private @Nullable Driver driver;
  private @Nullable Boolean toldUsable;
  private volatile boolean lastFailed = true;

  Neo4jServer(Neo4jDrivers drivers, Duration timeout) {
    this.drivers = drivers;
    this.timeout = timeout;
  }

  /** Runs statements inside one transaction of the server. */
  interface Work {
    List<Record> run(String cypher, Map<String, Object> parameters);
  }

  void show(MeterRegistry registry) {
    breaker.show("graph-neo4j", registry);
  }

  /** Whether callers are let through, and the last call succeeded. */
  boolean isUsable() {
    return !lastFailed && breaker.state() == CircuitBreaker.State.CLOSED;
  }

  /** The answer to one question of a caller; refused at once while the server is left alone. */
  List<Record> read(String cypher, Map<String, Object> parameters) {
    if (breaker.state() != CircuitBreaker.State.CLOSED) {
      throw leftAlone();
    }
    return guarded(
        used ->
            within(
                session(used, AccessMode.READ),
                timeout,
                session ->
                    session
                        .runAsync(
                            cypher,
                            parameters,
                            TransactionConfig.builder().withTimeout(timeout).build())
                        .thenCompose(cursor -> cursor.listAsync())));
  }

  /** One transaction that changes the copy; committed when the work returns. */
  <T> T write(Function<Work, T> work) {
    return guarded(used -> transaction(used, work));
  }

  private <T> T transaction(Driver used, Function<Work, T> work) {
    AsyncSession session = session(used, AccessMode.WRITE);
    long deadline = System.nanoTime() + WRITE_WITHIN.toNanos();
    try {
      var config = TransactionConfig.builder().withTimeout(WRITE_WITHIN).build();
      AsyncTransaction transaction = await(session.beginTransactionAsync(config), deadline);
      T result =
          work.apply(
              (cypher, parameters) ->
                  await(
                      transaction
                          .runAsync(cypher, parameters)
                          .thenCompose(cursor -> cursor.listAsync()),
                      deadline));
      await(transaction.commitAsync(), deadline);
      return result;
    } finally {
      var _ = session.closeAsync(); // rolls back what is open
    }
  }

  private static <T> T within(
      AsyncSession session, Duration limit, Function<AsyncSession, CompletionStage<T>> work) {
    try {
      return await(work.apply(session), System.nanoTime() + limit.toNanos());
    } finally {
      var _ = session.closeAsync();
    }
  }

  private AsyncSession session(Driver used, AccessMode mode) {
    var config = SessionConfig.builder().withDefaultAccessMode(mode);
    drivers.database().ifPresent(config::withDatabase);
    return used.session(AsyncSession.class, config.build());
  }

  private static <T> T await(CompletionStage<T> answer, long deadline) {
    try {
      long left = Math.max(deadline - System.nanoTime(), 0);
      return answer.toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new Neo4jFailure("no answer in time", e);
    } catch (ExecutionException e) {
      throw new Neo4jFailure(reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Neo4jFailure("interrupted", e);
    }
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private <T> T guarded(Function<Driver, T> work) {
    Permit permit = breaker.tryAcquire().orElseThrow(this::leftAlone);
    Driver used = driver();
    boolean decided = false;
    try {
      T result = work.apply(used);
      decided = true;
      permit.succeeded();
      heard(null);
      return result;
    } catch (Neo4jFailure failure) {
      if (!(failure.getCause() instanceof InterruptedException)) {
        decided = true;
        permit.failed();
        heard(failure);
        discard(used);
      }
      throw failure;
    } finally {
      if (!decided) {
        permit.abandoned();
      }
    }
  }

  private Neo4jFailure leftAlone() {
    return new Neo4jFailure(
        "Neo4j at " + drivers.address() + " is left alone after failures", null);
  }

  private synchronized void heard(@Nullable Neo4jFailure failure) {
    lastFailed = failure != null;
    boolean news = failure == null || breaker.state() != CircuitBreaker.State.CLOSED;
    if (news && !Boolean.valueOf(failure == null).equals(toldUsable)) {
      toldUsable = failure == null;
      if (failure == null) {
        LOG.infof("Neo4j at %s answers", drivers.address());
      } else {
        LOG.warnf(
            "Neo4j at %s cannot be used (%s): until it can, graphs are PostgreSQL's",
            drivers.address(), failure.getMessage());
      }
    }
  }

  /** Closes its connections, whoever uses them; the next call opens others. */
  private synchronized void discard(Driver failed) {
    if (failed == driver) {
      driver = null;
    }
    var _ = failed.closeAsync();
  }

  private synchronized Driver driver() {
    Driver usable = driver;
    if (usable == null) {
      usable = drivers.open();
      driver = usable;
    }
    return usable;
  }

  @Override
  public synchronized void close() {
    if (driver != null) {
      var _ = driver.closeAsync();
      driver = null;
    }
  }
}
