package com.sutazai.gateway.batch;

import static com.sutazai.platform.sql.SqlValues.column;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of {@code batch_lines} and {@code batch_slices}, and what is written about lines. */
@ApplicationScoped
class LineRepository {
  private static final int EXPIRED_TOGETHER = 1000;

  private static final Statement ADD =
      Statement.of(
          "batch_lines.add",
          """
      INSERT INTO batch_lines (batch_id, number, custom_id, position, length)
      SELECT $1, line.number, line.custom_id, line.position, line.length
      FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::integer[]) AS line (number, custom_id, position, length)
      ON CONFLICT DO NOTHING
      RETURNING number
      """);

  // What was put off comes after what was not, so that one line that cannot be answered holds up no
  // other.
  private static final Statement NEXT =
      Statement.of(
          "batch_lines.next",
          """
      SELECT line.number, line.custom_id, line.position, line.length
      FROM batches
      JOIN batch_lines line ON line.batch_id = batches.id
      WHERE batches.id = $1 AND batches.status = 'in_progress' AND batches.expires_at > now()
        AND line.number BETWEEN $2 AND $3 AND NOT line.ended
      ORDER BY line.tries, line.number
      LIMIT 1
      """);

  private static final Statement PUT_OFF =
      Statement.of(
          "batch_lines.put_off",
          "UPDATE batch_lines SET tries = tries + 1 WHERE batch_id = $1 AND number = $2");

  private static final Statement ANY_OPEN =
      Statement.of(
          "batch_lines.any_open",
          """
      SELECT EXISTS (
        SELECT FROM batch_lines WHERE batch_id = $1 AND number BETWEEN $2 AND $3 AND NOT ended) AS open
      """);

  // The batch is locked first: its state decides whether anything is still written. Whoever comes
  // second with a line
  // finds it ended.
  private static final Statement RECORD =
      Statement.of(
          "batch_lines.record",
          """
      WITH open AS (
        SELECT id, CASE WHEN $3 THEN output_file_id ELSE error_file_id END AS file_id
        FROM batches
        WHERE id = $1 AND status = 'in_progress'
        FOR UPDATE),
      recorded AS (
        UPDATE batch_lines
        SET ended = true
        FROM open
        WHERE batch_id = open.id AND number = $2 AND NOT ended
        RETURNING number),
      written AS (
        INSERT INTO file_pieces (file_id, number, bytes)
        SELECT open.file_id, recorded.number, $4::bytea FROM open, recorded)
      UPDATE batches
      SET completed = completed + CASE WHEN $3::boolean THEN 1 ELSE 0 END,
          failed = failed + CASE WHEN $3 THEN 0 ELSE 1 END
      FROM recorded
      WHERE id = $1
      """);

  private static final Statement EXPIRE =
      Statement.of(
          "batch_lines.expire",
          """
      WITH open AS (
        SELECT id, error_file_id FROM batches WHERE id = $1 AND status = 'finalizing' FOR UPDATE),
      expired AS (
        UPDATE batch_lines
        SET ended = true
        WHERE batch_id = $1 AND NOT ended
          AND number = ANY (ARRAY (
            SELECT line.number
            FROM open
            JOIN batch_lines line ON line.batch_id = open.id
            WHERE NOT line.ended
            ORDER BY line.number
            LIMIT $2))
        RETURNING number, custom_id),
      written AS (
        INSERT INTO file_pieces (file_id, number, bytes)
        SELECT open.error_file_id, expired.number, convert_to(json_build_object(
                 'id', 'batch_req_' || replace(open.id::text, '-', '') || '_' || expired.number,
                 'custom_id', expired.custom_id,
                 'response', NULL::json,
                 'error', json_build_object(
                   'code', 'batch_expired',
                   'message', 'It could not be answered before the completion window ended.'))::text || E'\\n', 'UTF8')
        FROM open, expired)
      UPDATE batches
      SET failed = failed + (SELECT count(*) FROM expired)
      WHERE id = $1 AND EXISTS (SELECT FROM expired)
      """);

  private static final Statement CLEAR =
      Statement.of("batch_lines.clear", "DELETE FROM batch_lines WHERE batch_id = $1");

  private static final Statement ADD_SLICE =
      Statement.of(
          "batch_slices.add",
          "INSERT INTO batch_slices (batch_id, number, task_id) VALUES ($1, $2, $3)");

  private static final Statement NEXT_SLICE =
      Statement.of(
          "batch_slices.next",
          "SELECT coalesce(max(number) + 1, 0) AS number FROM batch_slices WHERE batch_id = $1");

  private static final Statement PASS_SLICE_ON =
      Statement.of(
          "batch_slices.pass_on",
          "UPDATE batch_slices SET task_id = $4 WHERE batch_id = $1 AND number = $2 AND task_id = $3");

  private static final Statement SLICE_TASKS =
      Statement.of(
          "batch_slices.tasks",
          "SELECT task_id FROM batch_slices WHERE batch_id = $1 AND task_id IS NOT NULL");

  private static final Statement CLEAR_SLICES =
      Statement.of("batch_slices.clear", "DELETE FROM batch_slices WHERE batch_id = $1");

  /**
   * A request of a batch.
   *
   * @param number counted from 1 among those that are not blank
   * @param position of its first byte in the input
   * @param length in bytes
   */
  record Line(int number, String customId, long position, int length) {}

  /** The lines' numbers, without those whose {@code custom_id} the batch has already. */
  Set<Integer> add(Sql sql, UUID batch, List<Line> lines) {
    return sql
        .query(
            ADD,
            batch,
            column(lines, Integer[]::new, Line::number),
            column(lines, String[]::new, Line::customId),
            column(lines, Long[]::new, Line::position),
            column(lines, Integer[]::new, Line::length))
        .stream()
        .map(row -> row.getInteger("number"))
        .collect(Collectors.toSet());
  }

  /** The next open line of those; none either when the batch takes no more answers. */
  Optional<Line> next(Sql sql, UUID batch, int first, int last) {
    return sql.query(NEXT, batch, first, last).stream()
        .findFirst()
        .map(
            row ->
                new Line(
                    row.getInteger("number"),
                    row.getString("custom_id"),
                    row.getLong("position"),
                    row.getInteger("length")));
  }

  /** Lets the line wait behind those that were put off less often. */
  void putOff(Sql sql, UUID batch, int number) {
    sql.update(PUT_OFF, batch, number);
  }

  boolean anyOpen(Sql sql, UUID batch, int first, int last) {
    return sql.query(ANY_OPEN, batch, first, last).getFirst().getBoolean("open");
  }

  /** Ends the line with what is written about it, unless it has ended or the batch has. */
  void record(Sql sql, UUID batch, int number, boolean answered, byte[] text) {
    sql.update(RECORD, batch, number, answered, Buffer.buffer(text));
  }

  /** Ends some lines that got no answer in time; false when there are none left. */
  boolean expireSome(Sql sql, UUID batch) {
    return sql.update(EXPIRE, batch, EXPIRED_TOGETHER) == 1;
  }

  void clear(Sql sql, UUID batch) {
    sql.update(CLEAR, batch);
  }

  /** Gives a slice that has no task yet to one. */
  void addSlice(Sql sql, UUID batch, int slice, UUID task) {
    sql.update(ADD_SLICE, batch, slice, task);
  }

  /** The first slice that has had no task; stays so while the batch is locked. */
  int nextSlice(Sql sql, UUID batch) {
    return sql.query(NEXT_SLICE, batch).getFirst().getInteger("number");
  }

  /**
   * Gives a slice to another task, or to none when its lines have ended; false when it was not the
   * first one's any more.
   */
  boolean passSliceOn(Sql sql, UUID batch, int slice, UUID from, @Nullable UUID to) {
    return sql.update(PASS_SLICE_ON, batch, slice, from, to) == 1;
  }

  List<UUID> sliceTasks(Sql sql, UUID batch) {
    return sql.query(SLICE_TASKS, batch).stream().map(row -> row.getUUID("task_id")).toList();
  }

  void clearSlices(Sql sql, UUID batch) {
    sql.update(CLEAR_SLICES, batch);
  }
}
