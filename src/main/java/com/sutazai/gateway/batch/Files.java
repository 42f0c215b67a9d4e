package com.sutazai.gateway.batch;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.sql.Database;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Files in the database, in pieces: every process sees them, they live through restarts, and none
 * is ever whole in memory. A file is seen when all of it is stored.
 */
@ApplicationScoped
class Files {
  private static final Logger LOG = Logger.getLogger(Files.class);
  private static final int LONGEST_NAME = 255;

  /** What a form may have beside its file. */
  private static final long FORM_BYTES = 64 * 1024;

  private final Database database;
  private final FileRepository repository;
  private final FileRoom room;
  private final BatchesConfig config;
  private final Ids ids;

  Files(
      Database database, FileRepository repository, FileRoom room, BatchesConfig config, Ids ids) {
    this.database = database;
    this.repository = repository;
    this.room = room;
    this.config = config;
    this.ids = ids;
  }

  /** Stores the file of a form; a form that breaks off, or breaks a rule, leaves nothing. */
  StoredFile store(
      Caller caller, @Nullable String contentType, @Nullable Long declared, InputStream body)
      throws IOException {
    long most = config.maxFile().asLongValue();
    if (declared != null && declared > most + FORM_BYTES) {
      throw PieceWriter.tooLarge(most);
    }
    room.require(caller);
    repository.sweep(database);
    UUID id = ids.next();
    try {
      return store(caller, id, contentType, body);
    } catch (IOException | RuntimeException e) {
      giveUp(id);
      throw e;
    }
  }

  private StoredFile store(Caller caller, UUID id, @Nullable String contentType, InputStream body)
      throws IOException {
    var writer =
        new PieceWriter(
            (number, piece) -> {
              room.requireForPiece(caller);
              return repository.write(database, id, number, piece);
            },
            config.maxFile().asLongValue());
    Map<String, String> fields =
        UploadForm.read(
            contentType,
            body,
            new UploadForm.Sink() {
              @Override
              public void begin(String name) {
                Check.text("file", name, LONGEST_NAME);
                repository.begin(database, id, caller.owner(), StoredFile.INPUT, name);
              }

              @Override
              public void data(ByteBuffer bytes) {
                writer.write(bytes);
              }
            });
    Check.oneOf("purpose", fields.get("purpose"), StoredFile.INPUT);
    writer.end();
    return repository
        .complete(database, id, writer.bytes())
        .orElseThrow(() -> ProblemException.notFound("file", WireId.file(id)));
  }

  /** What cannot be removed now is removed by a later upload. */
  private void giveUp(UUID id) {
    try {
      repository.delete(database, id);
    } catch (RuntimeException e) {
      LOG.debugf(e, "The half of file %s is removed later", id);
    }
  }

  /** The file, or 404 when the caller has none of this id. */
  StoredFile find(Caller caller, UUID id) {
    return repository.find(database, caller.owner(), id).orElseThrow(() -> missing(id));
  }

  Listing<StoredFile> list(
      Caller caller,
      @Nullable String purpose,
      @Nullable UUID after,
      boolean oldestFirst,
      int limit) {
    return Listing.of(
        repository.list(database, caller.owner(), purpose, after, oldestFirst, limit + 1),
        limit,
        StoredFile::id);
  }

  /** Writes what the file holds. */
  void copy(UUID id, OutputStream to) throws IOException {
    int last = -1;
    for (List<Row> pieces = repository.read(database, id, last);
        !pieces.isEmpty();
        pieces = repository.read(database, id, last)) {
      for (Row piece : pieces) {
        to.write(piece.getBuffer("bytes").getBytes());
      }
      last = pieces.getLast().getInteger("number");
    }
  }

  /** Deletes the file unless an unfinished batch reads it. */
  void delete(Caller caller, UUID id) {
    database.transaction(
        sql -> {
          if (!repository.lock(sql, caller.owner(), id)) {
            throw missing(id);
          }
          if (repository.isInUse(sql, caller.owner(), id)) {
            throw new ProblemException(
                ErrorCode.WRONG_STATE,
                "An unfinished batch reads this file; cancel it or let it end first.");
          }
          repository.delete(sql, id);
          return true;
        });
  }

  private static ProblemException missing(UUID id) {
    return ProblemException.notFound("file", WireId.file(id));
  }
}
