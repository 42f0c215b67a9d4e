package com.sutazai.gateway.batch;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code files} and {@code file_pieces}. */
@ApplicationScoped
class FileRepository {
  /** Length of each piece of an upload but its last. */
  static final int PIECE = 256 * 1024;

  private static final Statement BEGIN =
      Statement.of(
          "files.begin", "INSERT INTO files (id, owner_id, purpose, name) VALUES ($1, $2, $3, $4)");

  // Nothing is written to a file that is complete, nor to one that was given up. Its length grows
  // with its pieces, so that what the owner's uploads hold is known while they come.
  private static final Statement WRITE =
      Statement.of(
          "file_pieces.write",
          """
      WITH grown AS (
        UPDATE files SET bytes = bytes + octet_length($3::bytea) WHERE id = $1 AND completed_at IS NULL RETURNING id
      )
      INSERT INTO file_pieces (file_id, number, bytes)
      SELECT id, $2::integer, $3::bytea FROM grown
      """);

  private static final Statement COMPLETE =
      Statement.of(
          "files.complete",
          """
      UPDATE files
      SET completed_at = now(), bytes = $2
      WHERE id = $1 AND completed_at IS NULL
      RETURNING id, bytes, created_at, name, purpose
      """);

  private static final Statement COMPLETE_OUTPUT =
      Statement.of(
          "files.complete_output",
          """
      UPDATE files
      SET completed_at = now(),
          bytes = (SELECT sum(octet_length(piece.bytes)) FROM file_pieces piece WHERE piece.file_id = files.id)
      WHERE id = $1 AND completed_at IS NULL AND EXISTS (SELECT FROM file_pieces WHERE file_id = $1)
      """);

  private static final Statement FIND =
      Statement.of(
          "files.find",
          """
      SELECT id, bytes, created_at, name, purpose
      FROM files
      WHERE id = $1 AND owner_id = $2 AND completed_at IS NOT NULL
      """);

  // A batch that is about to name the file, and whoever is about to delete it, wait for each other.
  private static final Statement HOLD =
      Statement.of(
          "files.hold",
          """
      SELECT purpose FROM files WHERE id = $1 AND owner_id = $2 AND completed_at IS NOT NULL FOR SHARE
      """);

  private static final Statement LOCK =
      Statement.of(
          "files.lock",
          """
      SELECT id FROM files WHERE id = $1 AND owner_id = $2 AND completed_at IS NOT NULL FOR UPDATE
      """);

  private static final Statement LIST =
      Statement.of(
          "files.list",
          """
      SELECT id, bytes, created_at, name, purpose
      FROM files
      WHERE owner_id = $1 AND completed_at IS NOT NULL
        AND ($2::text IS NULL OR purpose = $2)
        AND ($3::uuid IS NULL OR id < $3)
      ORDER BY id DESC
      LIMIT $4
      """);

  private static final Statement LIST_OLDEST =
      Statement.of(
          "files.list_oldest",
          """
      SELECT id, bytes, created_at, name, purpose
      FROM files
      WHERE owner_id = $1 AND completed_at IS NOT NULL
        AND ($2::text IS NULL OR purpose = $2)
        AND ($3::uuid IS NULL OR id > $3)
      ORDER BY id
      LIMIT $4
      """);

  private static final Statement DELETE =
      Statement.of("files.delete", "DELETE FROM files WHERE id = $1");

  private static final Statement SWEEP =
      Statement.of(
          "files.sweep",
          """
      DELETE FROM files
      WHERE completed_at IS NULL AND purpose = 'batch' AND created_at < now() - interval '1 hour'
      """);

  // Keys sort by the time they were made, so a walk along the primary key finds the old ones. Who
  // is
  // about to make a batch of one holds it, and it is left for the next time.
  private static final Statement LOCK_OLD =
      Statement.of(
          "files.lock_old",
          """
      SELECT id
      FROM files
      WHERE id > $1 AND id < $2 AND completed_at < now() - $3 * interval '1 second'
      ORDER BY id
      LIMIT $4
      FOR UPDATE SKIP LOCKED
      """);

  private static final Statement REMOVE_UNUSED =
      Statement.of(
          "files.remove_unused",
          """
      DELETE FROM files
      WHERE id = ANY ($1)
        AND NOT EXISTS (SELECT FROM batches
                        WHERE batches.owner_id = files.owner_id AND input_file_id = files.id AND ended_at IS NULL)
      """);

  private static final Statement STORED =
      Statement.of(
          "files.stored",
          """
      SELECT (coalesce(sum(bytes), 0)
              + (SELECT coalesce(sum(octet_length(piece.bytes)), 0)
                 FROM files unfinished JOIN file_pieces piece ON piece.file_id = unfinished.id
                 WHERE unfinished.owner_id = $1 AND unfinished.completed_at IS NULL
                   AND unfinished.purpose = 'batch_output'))::bigint AS bytes
      FROM files
      WHERE owner_id = $1
      """);

  private static final Statement SEEN_AND_UPLOADED =
      Statement.of(
          "files.seen_and_uploaded",
          "SELECT coalesce(sum(bytes), 0)::bigint AS bytes FROM files WHERE owner_id = $1");

  // As many as fit into a megabyte, but one at least.
  private static final Statement READ =
      Statement.of(
          "file_pieces.read",
          """
      SELECT number, bytes
      FROM (SELECT number, bytes, sum(octet_length(bytes)) OVER (ORDER BY number) - octet_length(bytes) AS before
            FROM (SELECT number, bytes FROM file_pieces WHERE file_id = $1 AND number > $2 ORDER BY number LIMIT 500) next
           ) counted
      WHERE before < 1048576
      ORDER BY number
      """);

  private static final Statement CUT =
      Statement.of(
          "file_pieces.cut",
          """
      SELECT substring(bytes FROM greatest($2::bigint - number::bigint * $4, 0)::integer + 1
                             FOR (least($2 + $3::integer, (number::bigint + 1) * $4)
                                  - greatest($2, number::bigint * $4))::integer) AS bytes
      FROM file_pieces
      WHERE file_id = $1 AND number BETWEEN $2 / $4::bigint AND ($2 + $3 - 1) / $4
      ORDER BY number
      """);

  private static final Statement NAMED_BY_OPEN_BATCH =
      Statement.of(
          "batches.named_by_open",
          """
      SELECT EXISTS (SELECT FROM batches WHERE owner_id = $1 AND input_file_id = $2 AND ended_at IS NULL) AS named
      """);

  private final Duration keep;

  FileRepository(BatchesConfig config) {
    keep = config.keep();
  }

  private StoredFile file(Row row) {
    return StoredFile.from(row, keep);
  }

  /** Begins a file that nobody sees until it is complete. */
  void begin(Sql sql, UUID id, UUID owner, String purpose, String name) {
    sql.update(BEGIN, id, owner, purpose, name);
  }

  /** Writes a piece; false when the file was given up meanwhile. */
  boolean write(Sql sql, UUID id, int number, byte[] bytes) {
    return sql.update(WRITE, id, number, Buffer.buffer(bytes)) == 1;
  }

  /** The complete file; empty when it was given up meanwhile. */
  Optional<StoredFile> complete(Sql sql, UUID id, long bytes) {
    return sql.query(COMPLETE, id, bytes).stream().findFirst().map(this::file);
  }

  /** Makes what a batch wrote visible; false, and the file is gone, when it wrote nothing. */
  boolean completeOutput(Sql sql, UUID id) {
    boolean written = sql.update(COMPLETE_OUTPUT, id) == 1;
    if (!written) {
      delete(sql, id);
    }
    return written;
  }

  Optional<StoredFile> find(Sql sql, UUID owner, UUID id) {
    return sql.query(FIND, id, owner).stream().findFirst().map(this::file);
  }

  /** The purpose of a file, which cannot be deleted until the transaction ends. */
  Optional<String> hold(Sql sql, UUID owner, UUID id) {
    return sql.query(HOLD, id, owner).stream().findFirst().map(row -> row.getString("purpose"));
  }

  /** Whether there is such a file, which nobody can name until the transaction ends. */
  boolean lock(Sql sql, UUID owner, UUID id) {
    return !sql.query(LOCK, id, owner).isEmpty();
  }

  /** Whether an unfinished batch reads the file. */
  boolean isInUse(Sql sql, UUID owner, UUID id) {
    return sql.query(NAMED_BY_OPEN_BATCH, owner, id).getFirst().getBoolean("named");
  }

  List<StoredFile> list(
      Sql sql,
      UUID owner,
      @Nullable String purpose,
      @Nullable UUID after,
      boolean oldestFirst,
      int limit) {
    return sql.query(oldestFirst ? LIST_OLDEST : LIST, owner, purpose, after, limit).stream()
        .map(this::file)
        .toList();
  }

  void delete(Sql sql, UUID id) {
    sql.update(DELETE, id);
  }

  /** Removes uploads that were begun more than an hour ago and are not complete. */
  int sweep(Sql sql) {
    return sql.update(SWEEP);
  }

  /**
   * Holds files that were complete so long ago, after {@code after} in the order of their ids and
   * made before {@code end}, until the transaction ends.
   */
  List<UUID> lockOld(Sql sql, UUID after, UUID end, Duration keep, int limit) {
    return sql.query(LOCK_OLD, after, end, keep.toSeconds(), limit).stream()
        .map(row -> row.getUUID("id"))
        .toList();
  }

  /** Removes those of the files that no unfinished batch reads; how many. */
  int removeUnused(Sql sql, List<UUID> held) {
    return sql.update(REMOVE_UNUSED, (Object) held.toArray(UUID[]::new));
  }

  /** Bytes in the owner's files, with those that unfinished uploads and batches wrote so far. */
  long stored(Sql sql, UUID owner) {
    return sql.query(STORED, owner).getFirst().getLong("bytes");
  }

  /** The same without those of unfinished batches, which are many pieces to add up. */
  long seenAndUploaded(Sql sql, UUID owner) {
    return sql.query(SEEN_AND_UPLOADED, owner).getFirst().getLong("bytes");
  }

  /** The next pieces ({@code number}, {@code bytes}) after one; none at the end. */
  List<Row> read(Sql sql, UUID id, int after) {
    return sql.query(READ, id, after);
  }

  /** A part of an upload. */
  byte[] cut(Sql sql, UUID id, long position, int length) {
    Buffer cut = Buffer.buffer(length);
    sql.query(CUT, id, position, length, PIECE)
        .forEach(row -> cut.appendBuffer(row.getBuffer("bytes")));
    if (cut.length() != length) {
      throw new IllegalStateException("File " + id + " lacks bytes from " + position + " on");
    }
    return cut.getBytes();
  }
}
