package com.sutazai.tasks;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Digests;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the first answer to each key, in the transaction of the work itself. A second request
 * that arrives while the first is in its transaction waits for its commit at the unique index, so
 * it always finds an answer.
 */
@ApplicationScoped
public class IdempotencyKeys {
  private static final Statement TAKE =
      Statement.of(
          "idempotency_keys.take",
          """
      INSERT INTO idempotency_keys (owner_id, route, key, fingerprint)
      VALUES ($1, $2, $3, $4)
      ON CONFLICT (owner_id, route, key) DO NOTHING
      """);
  private static final Statement READ =
      Statement.of(
          "idempotency_keys.read",
          "SELECT fingerprint, response FROM idempotency_keys WHERE owner_id = $1 AND route = $2 AND key = $3");
  private static final Statement ANSWER =
      Statement.of(
          "idempotency_keys.answer",
          "UPDATE idempotency_keys SET response = $4 WHERE owner_id = $1 AND route = $2 AND key = $3");
  private static final Statement SWEEP =
      Statement.of(
          "idempotency_keys.sweep",
          """
      DELETE FROM idempotency_keys
      WHERE ctid = ANY (ARRAY (
        SELECT ctid
        FROM idempotency_keys
        WHERE created_at < now() - $1 * interval '1 second'
        ORDER BY created_at
        LIMIT $2
        FOR UPDATE SKIP LOCKED))
      """);

  private static final Duration SHORTEST_REST = Duration.ofMillis(20);

  /** Keys that one statement removes. */
  static final int BATCH = 1000;

  private final Database database;
  private final TasksConfig config;
  private @Nullable Loop sweeper;

  IdempotencyKeys(Database database, TasksConfig config) {
    this.database = database;
    this.config = config;
  }

  /**
   * @param body what must be the same for the key to mean the same request
   */
  public record Key(UUID owner, String route, String key, String body) {}

  /**
   * What a request was answered.
   *
   * @param replayed whether an earlier one under the key was answered so
   */
  public record Answer(String json, boolean replayed) {}

  /**
   * What the request was answered first under the key; else what the work answers now. Both are of
   * the given transaction: a second request with the key finds both or neither.
   */
  public Answer once(Sql sql, Key key, Function<Sql, String> work) {
    Optional<String> first = take(sql, key);
    if (first.isPresent()) {
      return new Answer(first.get(), true);
    }
    String answer = work.apply(sql);
    answer(sql, key, answer);
    return new Answer(answer, false);
  }

  /** Takes the key, or gives the first answer when it was taken before. */
  private Optional<String> take(Sql sql, Key key) {
    byte[] fingerprint = Digests.sha256(key.body());
    if (sql.update(
            TAKE,
            key.owner(),
            key.route(),
            key.key(),
            io.vertx.core.buffer.Buffer.buffer(fingerprint))
        == 1) {
      return Optional.empty();
    }
    Optional<String> first = find(sql, key);
    if (first.isEmpty()) {
      throw new ProblemException(
          ErrorCode.IDEMPOTENCY_KEY_REUSED,
          "Idempotency-Key "
              + key.key()
              + " was used with another body; take a new key for a new request.");
    }
    return first;
  }

  /** The first answer, if this request was accepted under the key before. */
  public Optional<String> find(Sql sql, Key key) {
    byte[] fingerprint = Digests.sha256(key.body());
    return sql.query(READ, key.owner(), key.route(), key.key()).stream()
        .filter(row -> Arrays.equals(row.getBuffer("fingerprint").getBytes(), fingerprint))
        .map(row -> row.getString("response"))
        .findFirst();
  }

  /** Stores the first answer, in the transaction that took the key. */
  private void answer(Sql sql, Key key, String response) {
    sql.update(ANSWER, key.owner(), key.route(), key.key(), response);
  }

  void start(@Observes @Priority(900) StartupEvent event) {
    sweeper = Loop.startRemoval("idempotency-sweep", config.idempotencyKeep(), this::sweep);
  }

  void stop(@Observes ShutdownEvent event) {
    if (sweeper != null) {
      sweeper.stop();
    }
  }

  /**
   * Removes the keys that are old enough, in any number of processes at once: a few at a time,
   * resting as long as it worked.
   */
  void sweep() throws InterruptedException {
    long start = System.nanoTime();
    while (removeOld(database) == BATCH) {
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Thread.sleep(took.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : took);
      start = System.nanoTime();
    }
  }

  /** Removes the oldest keys of those that are old enough; how many, {@value #BATCH} at most. */
  int removeOld(Sql sql) {
    return sql.update(SWEEP, config.idempotencyKeep().toSeconds(), BATCH);
  }
}
