package com.sutazai.gateway.batch;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code batches}. Each change names the states that it may leave. */
@ApplicationScoped
class BatchRepository {
  // The database's time is the start of the window: its clock ends it, too.
  private static final Statement MAKE =
      Statement.of(
          "batches.make",
          """
      INSERT INTO batches (id, owner_id, endpoint, completion_window, metadata, input_file_id, output_file_id, error_file_id,
                           expires_at, key_id)
      VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, now() + $9 * interval '1 millisecond', $10)
      RETURNING created_at
      """);

  private static final Statement FIND =
      Statement.of(
          "batches.find",
          """
      SELECT id, endpoint, errors::text AS errors, input_file_id, completion_window, status, output_file_id, error_file_id,
             created_at, in_progress_at, expires_at, finalizing_at, cancelling_at, ended_at, total, completed, failed,
             metadata::text AS metadata
      FROM batches
      WHERE id = $1 AND owner_id = $2
      """);

  private static final Statement LIST =
      Statement.of(
          "batches.list",
          """
      SELECT id, endpoint, errors::text AS errors, input_file_id, completion_window, status, output_file_id, error_file_id,
             created_at, in_progress_at, expires_at, finalizing_at, cancelling_at, ended_at, total, completed, failed,
             metadata::text AS metadata
      FROM batches
      WHERE owner_id = $1 AND ($2::uuid IS NULL OR id < $2)
      ORDER BY id DESC
      LIMIT $3
      """);

  private static final Statement COUNT_OPEN =
      Statement.of(
          "batches.count_open",
          "SELECT count(*) AS open FROM batches WHERE owner_id = $1 AND ended_at IS NULL");

  private static final Statement LOAD =
      Statement.of(
          "batches.load",
          """
      SELECT batches.id, batches.owner_id, owners.name AS owner, endpoint, status, input_file_id, output_file_id, error_file_id,
             total, completed + failed AS ended, slice_length, expired, in_progress_at, cancelling_at, key_id
      FROM batches
      JOIN owners ON owners.id = batches.owner_id
      WHERE batches.id = $1 AND ended_at IS NULL
      """);

  // Whoever moves a batch on holds its row: the lines that are written meanwhile wait.
  private static final Statement LOCK =
      Statement.of(
          "batches.lock", "SELECT now() AS now, status FROM batches WHERE id = $1 FOR UPDATE");

  private static final Statement VALIDATE =
      Statement.of(
          "batches.validate",
          "UPDATE batches SET validated_by = $2 WHERE id = $1 AND status = 'validating'");

  private static final Statement HOLD =
      Statement.of(
          "batches.hold",
          """
      SELECT id FROM batches WHERE id = $1 AND status = 'validating' AND validated_by = $2 FOR SHARE
      """);

  private static final Statement BEGIN =
      Statement.of(
          "batches.begin",
          """
      UPDATE batches
      SET status = 'in_progress', in_progress_at = now(), total = $3, slice_length = $4
      WHERE id = $1 AND status = 'validating' AND validated_by = $2
      """);

  private static final Statement REFUSE =
      Statement.of(
          "batches.refuse",
          """
      UPDATE batches
      SET status = 'failed', ended_at = now(), errors = $3::text::jsonb, output_file_id = NULL, error_file_id = NULL
      WHERE id = $1 AND status = 'validating' AND validated_by = $2
      """);

  private static final Statement FINALIZE =
      Statement.of(
          "batches.finalize",
          """
      UPDATE batches
      SET status = 'finalizing', finalizing_at = now()
      WHERE id = $1 AND status = 'in_progress' AND completed + failed = total
      """);

  private static final Statement EXPIRE =
      Statement.of(
          "batches.expire",
          """
      UPDATE batches
      SET status = 'finalizing', finalizing_at = now(), expired = status = 'validating' OR completed + failed < total
      WHERE id = $1 AND status IN ('validating', 'in_progress') AND expires_at <= now()
      """);

  private static final Statement CANCEL =
      Statement.of(
          "batches.cancel",
          """
      UPDATE batches
      SET status = 'cancelling', cancelling_at = now()
      WHERE id = $1 AND owner_id = $2 AND status IN ('validating', 'in_progress')
      """);

  private static final Statement END =
      Statement.of(
          "batches.end",
          """
      UPDATE batches
      SET status = $2, ended_at = now(), output_file_id = $3, error_file_id = $4
      WHERE id = $1
      """);

  // Keys sort by the time they were made.
  private static final Statement REMOVE_OLD =
      Statement.of(
          "batches.remove_old",
          """
      DELETE FROM batches
      WHERE id IN (SELECT id
                   FROM batches
                   WHERE id < $1 AND ended_at < now() - $2 * interval '1 second'
                   ORDER BY id
                   LIMIT $3
                   FOR UPDATE SKIP LOCKED)
      """);

  /**
   * A new batch.
   *
   * @param metadata a JSON object, or nothing
   */
  record NewBatch(
      UUID id,
      Caller owner,
      String endpoint,
      String windowText,
      Duration window,
      @Nullable String metadata,
      UUID inputFile,
      UUID outputFile,
      UUID errorFile) {}

  /**
   * An unfinished batch as its tasks need it.
   *
   * @param ended lines that have ended
   * @param sliceLength lines of one task; 0 until the lines are checked
   * @param validated whether its lines were checked
   */
  record Work(
      UUID id,
      Caller owner,
      String endpoint,
      String status,
      UUID inputFile,
      UUID outputFile,
      UUID errorFile,
      int total,
      int ended,
      int sliceLength,
      boolean expired,
      boolean validated) {
    static Work from(Row row) {
      Integer sliceLength = row.getInteger("slice_length");
      return new Work(
          row.getUUID("id"),
          new Caller(row.getUUID("owner_id"), row.getString("owner"), false)
              .with(row.getUUID("key_id")),
          row.getString("endpoint"),
          row.getString("status"),
          row.getUUID("input_file_id"),
          row.getUUID("output_file_id"),
          row.getUUID("error_file_id"),
          row.getInteger("total"),
          row.getInteger("ended"),
          sliceLength == null ? 0 : sliceLength,
          row.getBoolean("expired"),
          row.getOffsetDateTime("in_progress_at") != null);
    }

    boolean is(String state) {
      return status.equals(state);
    }
  }

  /** Stores the batch; when that was. */
  Instant make(Sql sql, NewBatch batch) {
    return sql.query(
            MAKE,
            batch.id(),
            batch.owner().owner(),
            batch.endpoint(),
            batch.windowText(),
            batch.metadata(),
            batch.inputFile(),
            batch.outputFile(),
            batch.errorFile(),
            batch.window().toMillis(),
            batch.owner().keyId())
        .getFirst()
        .getOffsetDateTime("created_at")
        .toInstant();
  }

  Optional<Batch> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream().findFirst().map(Batch::from);
  }

  List<Batch> list(Sql sql, UUID owner, @Nullable UUID after, int limit) {
    return sql.query(LIST, owner, after, limit).stream().map(Batch::from).toList();
  }

  long countOpen(Sql sql, UUID owner) {
    return sql.query(COUNT_OPEN, owner).getFirst().getLong("open");
  }

  /** The batch while it is unfinished. */
  Optional<Work> load(Sql sql, UUID id) {
    return sql.query(LOAD, id).stream().findFirst().map(Work::from);
  }

  /** Holds the batch for the rest of the transaction; the database's time. */
  Instant lock(Sql sql, UUID id) {
    return sql.query(LOCK, id).getFirst().getOffsetDateTime("now").toInstant();
  }

  /** Makes this run the only one that checks the lines; false when they need no check. */
  boolean validate(Sql sql, UUID id, UUID run) {
    return sql.update(VALIDATE, id, run) == 1;
  }

  /** Whether the run still checks the lines, and nobody ends that before the transaction does. */
  boolean hold(Sql sql, UUID id, UUID run) {
    return !sql.query(HOLD, id, run).isEmpty();
  }

  boolean begin(Sql sql, UUID id, UUID run, int total, int sliceLength) {
    return sql.update(BEGIN, id, run, total, sliceLength) == 1;
  }

  boolean refuse(Sql sql, UUID id, UUID run, String errors) {
    return sql.update(REFUSE, id, run, errors) == 1;
  }

  /** Takes no more answers when all are there; else false. */
  boolean finalizeIfDone(Sql sql, UUID id) {
    return sql.update(FINALIZE, id) == 1;
  }

  /** Takes no more answers when the window is over; false when it is not, or none were taken. */
  boolean expire(Sql sql, UUID id) {
    return sql.update(EXPIRE, id) == 1;
  }

  boolean cancel(Sql sql, UUID owner, UUID id) {
    return sql.update(CANCEL, id, owner) == 1;
  }

  void end(Sql sql, UUID id, String status, @Nullable UUID outputFile, @Nullable UUID errorFile) {
    sql.update(END, id, status, outputFile, errorFile);
  }

  /** Removes batches that were made before {@code end} and ended so long ago; how many. */
  int removeOld(Sql sql, UUID end, Duration keep, int limit) {
    return sql.update(REMOVE_OLD, end, keep.toSeconds(), limit);
  }
}
