package com.sutazai.tasks.callback;

import static com.sutazai.platform.sql.SqlValues.column;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import com.sutazai.tasks.callback.Callbacks.Wanted;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code callbacks}. The trigger {@code tasks_call_back} makes them due when their task
 * ends, and takes the lease of a try that is under way when it is run again.
 */
@ApplicationScoped
class CallbackRepository {
  private static final Statement ADD =
      Statement.of(
          "callbacks.add",
          """
      WITH added AS (
        INSERT INTO callbacks (task_id, owner_id, url, receiver)
        SELECT task_id, owner_id, url, receiver
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS new (task_id, owner_id, url, receiver)
        RETURNING task_id)
      UPDATE tasks SET calls_back = true FROM added WHERE tasks.id = added.task_id
      """);

  // From receiver to receiver of each owner by the index, and of each no more than it may take: a
  // long row of deliveries to one that is slow is neither walked over nor in front of the others.
  // Of owners, who has the fewest under way comes first. SKIP LOCKED lets several processes claim
  // side by side. Arrays, not joins: a plan that is made for any limit expects many rows and would
  // read the whole table.
  private static final Statement CLAIM =
      Statement.of(
          "callbacks.claim",
          """
      WITH RECURSIVE receivers AS (
        (SELECT owner_id, receiver FROM callbacks WHERE due_at IS NOT NULL ORDER BY owner_id, receiver LIMIT 1)
        UNION ALL
        SELECT further.owner_id, further.receiver
        FROM receivers
        CROSS JOIN LATERAL (
          SELECT owner_id, receiver
          FROM callbacks
          WHERE due_at IS NOT NULL AND (owner_id, receiver) > (receivers.owner_id, receivers.receiver)
          ORDER BY owner_id, receiver
          LIMIT 1) further),
      busy AS (
        SELECT owner_id, receiver, calls, sum(calls) OVER (PARTITION BY owner_id) AS of_owner
        FROM unnest($1::uuid[], $2::text[], $3::int[]) AS under_way (owner_id, receiver, calls)),
      next AS (
        SELECT due.task_id, due.due_at,
               coalesce((SELECT of_owner FROM busy WHERE busy.owner_id = receivers.owner_id LIMIT 1), 0)
                 + row_number() OVER (PARTITION BY receivers.owner_id ORDER BY due.due_at) AS of_owner
        FROM receivers
        CROSS JOIN LATERAL (
          SELECT task_id, due_at
          FROM callbacks
          WHERE callbacks.owner_id = receivers.owner_id AND callbacks.receiver = receivers.receiver AND due_at <= now()
          ORDER BY due_at
          LIMIT greatest($4::int - coalesce((
            SELECT calls FROM busy
            WHERE busy.owner_id = receivers.owner_id AND busy.receiver = receivers.receiver), 0), 0)) due),
      first AS (
        SELECT task_id FROM next WHERE of_owner <= $5::int ORDER BY of_owner, due_at LIMIT $6),
      due AS (
        SELECT task_id
        FROM callbacks
        WHERE task_id = ANY (ARRAY(SELECT task_id FROM first)) AND due_at <= now()
        FOR UPDATE SKIP LOCKED)
      UPDATE callbacks
      SET lease = $7, attempts = attempts + 1, due_at = now() + $8 * interval '1 millisecond'
      WHERE task_id = ANY (ARRAY(SELECT task_id FROM due))
      RETURNING task_id, owner_id, url, receiver, ends, ended_at, attempts,
                (SELECT callback_secret FROM owners WHERE owners.id = callbacks.owner_id) AS callback_secret
      """);

  private static final Statement DELIVERED =
      Statement.of(
          "callbacks.delivered",
          """
      UPDATE callbacks
      SET status = 'delivered', due_at = NULL, lease = NULL, last_status = $3, last_error = NULL, delivered_at = now()
      WHERE task_id = $1 AND lease = $2
      """);

  private static final Statement FAILED =
      Statement.of(
          "callbacks.failed",
          """
      UPDATE callbacks
      SET status = 'failed', due_at = NULL, lease = NULL, last_status = $3, last_error = $4
      WHERE task_id = $1 AND lease = $2
      """);

  private static final Statement AGAIN =
      Statement.of(
          "callbacks.again",
          """
      UPDATE callbacks
      SET due_at = now() + $5 * interval '1 millisecond', lease = NULL, last_status = $3, last_error = $4
      WHERE task_id = $1 AND lease = $2
      """);

  private static final Statement HAND_BACK =
      Statement.of(
          "callbacks.hand_back",
          """
      UPDATE callbacks
      SET due_at = now(), lease = NULL, attempts = attempts - 1
      WHERE task_id = $1 AND lease = $2
      """);

  private static final Statement FIND =
      Statement.of(
          "callbacks.find",
          """
      SELECT url, status, attempts, CASE WHEN lease IS NULL THEN due_at END AS due_at, last_status, last_error, delivered_at
      FROM callbacks
      WHERE task_id = $1 AND owner_id = $2
      """);

  private static final Statement SECRET =
      Statement.of(
          "owners.callback_secret",
          """
      UPDATE owners
      SET callback_secret = coalesce(callback_secret, $2)
      WHERE id = $1
      RETURNING callback_secret
      """);

  private final Database database;

  CallbackRepository(Database database) {
    this.database = database;
  }

  void add(Sql sql, List<Wanted> wanted) {
    sql.update(
        ADD,
        column(wanted, UUID[]::new, Wanted::taskId),
        column(wanted, UUID[]::new, Wanted::owner),
        column(wanted, String[]::new, each -> each.callback().url()),
        column(wanted, String[]::new, each -> each.callback().receiver()));
  }

  /** A receiver of one owner's callbacks. */
  record Receiver(UUID owner, String name) {
    static Receiver of(Delivery delivery) {
      return new Receiver(delivery.owner(), delivery.receiver());
    }
  }

  /**
   * How many tries are made at once.
   *
   * @param ofReceiver of one owner's at one receiver, at most
   * @param ofOwner of one owner's, at most
   */
  record Share(int ofReceiver, int ofOwner) {}

  /**
   * Claims due deliveries.
   *
   * @param calls tries that are under way here
   */
  List<Delivery> claim(
      Map<Receiver, Integer> calls, Share share, int limit, UUID lease, Duration hold) {
    List<Map.Entry<Receiver, Integer>> busy = List.copyOf(calls.entrySet());
    return database
        .query(
            CLAIM,
            column(busy, UUID[]::new, each -> each.getKey().owner()),
            column(busy, String[]::new, each -> each.getKey().name()),
            column(busy, Integer[]::new, Map.Entry::getValue),
            share.ofReceiver(),
            share.ofOwner(),
            limit,
            lease,
            hold.toMillis())
        .stream()
        .map(row -> Delivery.from(row, lease))
        .toList();
  }

  /**
   * Notes that it arrived; false, as of all notes, when the lease was lost: then nothing changes.
   */
  boolean delivered(Delivery delivery, int status) {
    return database.update(DELIVERED, delivery.taskId(), delivery.lease(), status) == 1;
  }

  /** Notes that it is given up. */
  boolean failed(Delivery delivery, @Nullable Integer status, String error) {
    return database.update(FAILED, delivery.taskId(), delivery.lease(), status, error) == 1;
  }

  /** Notes that it is tried again after the pause. */
  boolean again(Delivery delivery, @Nullable Integer status, String error, Duration pause) {
    return database.update(
            AGAIN, delivery.taskId(), delivery.lease(), status, error, pause.toMillis())
        == 1;
  }

  /** Puts it back as if it had not been claimed. */
  void handBack(Delivery delivery) {
    database.update(HAND_BACK, delivery.taskId(), delivery.lease());
  }

  Optional<Row> find(UUID owner, UUID taskId) {
    return database.query(FIND, taskId, owner).stream().findFirst();
  }

  /** The owner's secret; {@code fresh} becomes it when there is none yet. */
  String secret(UUID owner, String fresh) {
    return database.query(SECRET, owner, fresh).getFirst().getString("callback_secret");
  }
}
