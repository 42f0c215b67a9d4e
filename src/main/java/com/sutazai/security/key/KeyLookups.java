package com.sutazai.security.key;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Looks keys up, all that are asked for while a look is under way with the next one: however many
 * keys are guessed, the database sees one statement at a time.
 */
@ApplicationScoped
class KeyLookups {
  private static final int MOST_WAITING = 1_000;
  private static final long PATIENCE_SECONDS = 3;

  private final Database database;
  private final KeyRepository repository;
  private final SessionConfig sessions;
  private final Queue<Asked> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Semaphore lane = new Semaphore(1);

  KeyLookups(Database database, KeyRepository repository, SessionConfig sessions) {
    this.database = database;
    this.repository = repository;
    this.sessions = sessions;
  }

  private record Asked(String prefix, CompletableFuture<Found> answer) {}

  /**
   * What a look found.
   *
   * @param row null when there is no such key
   * @param asked when it was asked, by {@link System#nanoTime}
   */
  record Found(@Nullable Row row, long asked) {}

  /** What the database says; fails when it is away, slow, or asked too much. */
  CompletableFuture<Found> find(String prefix) {
    if (count.incrementAndGet() > MOST_WAITING) {
      count.decrementAndGet();
      return CompletableFuture.failedFuture(
          new ProblemException(
              ErrorCode.SERVER_BUSY, "Too many keys wait to be checked; send it again."));
    }
    var asked = new Asked(prefix, new CompletableFuture<>());
    waiting.add(asked);
    lead();
    return asked.answer().copy().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void lead() {
    if (!waiting.isEmpty() && lane.tryAcquire()) {
      Thread.ofVirtual()
          .name("check-keys")
          .start(
              () -> {
                try {
                  look();
                } finally {
                  lane.release();
                  lead();
                }
              });
    }
  }

  private void look() {
    List<Asked> group = new ArrayList<>();
    for (Asked next = waiting.poll(); next != null; next = waiting.poll()) {
      count.decrementAndGet();
      group.add(next);
    }
    if (group.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    try {
      Map<String, Row> rows = new HashMap<>();
      repository
          .check(
              database,
              group.stream().map(Asked::prefix).distinct().toList(),
              sessions.sessionIdle())
          .forEach(row -> rows.put(row.getString("prefix"), row));
      group.forEach(each -> each.answer().complete(new Found(rows.get(each.prefix()), now)));
    } catch (RuntimeException | Error failure) {
      group.forEach(each -> each.answer().completeExceptionally(failure));
    }
  }

  /** What a look failed of. */
  static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** What callers are told of such a failure. */
  static KnownKeys.Answer unavailable(@Nullable Throwable failure) {
    return cause(failure) instanceof ProblemException problem
            && problem.code() == ErrorCode.SERVER_BUSY
        ? new KnownKeys.Answer.Unavailable(problem.code(), problem.detail())
        : new KnownKeys.Answer.Unavailable(
            ErrorCode.DATABASE_UNAVAILABLE,
            "The database cannot be reached, and the key was not checked in the last 5 minutes.");
  }
}
