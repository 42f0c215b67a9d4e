package com.sutazai.gateway.batch;

import com.sutazai.gateway.batch.BatchRepository.Work;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.tasks.OwnTasks;
import com.sutazai.tasks.OwnTasks.Cancelled;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends batches: that are done, that were cancelled, whose window is over. */
@ApplicationScoped
class Ending {
  private final Database database;
  private final BatchRepository batches;
  private final LineRepository lines;
  private final FileRepository files;
  private final OwnTasks ownTasks;

  Ending(
      Database database,
      BatchRepository batches,
      LineRepository lines,
      FileRepository files,
      OwnTasks ownTasks) {
    this.database = database;
    this.batches = batches;
    this.lines = lines;
    this.files = files;
    this.ownTasks = ownTasks;
  }

  /** Ends the batch if its window is over and it has not ended. */
  void expire(UUID id) {
    List<Cancelled> stopped =
        database.transaction(
            sql ->
                batches.expire(sql, id)
                    ? ownTasks.cancel(sql, lines.sliceTasks(sql, id))
                    : List.of());
    ownTasks.announce(stopped);
    finish(id);
  }

  /** Ends the batch if it takes no more answers and has not ended. */
  void finish(UUID id) {
    Optional<Work> found = batches.load(database, id);
    if (found.isEmpty() || !takesNoMore(found.get())) {
      return;
    }
    if (found.get().expired() && found.get().validated()) {
      boolean more = true;
      while (more) {
        more = lines.expireSome(database, id);
      }
    }
    database.transaction(
        sql -> {
          batches.lock(sql, id);
          batches.load(sql, id).ifPresent(batch -> end(sql, batch));
          return true;
        });
  }

  private static boolean takesNoMore(Work batch) {
    return batch.is(Batch.FINALIZING) || batch.is(Batch.CANCELLING);
  }

  private void end(Sql sql, Work batch) {
    lines.clear(sql, batch.id());
    lines.clearSlices(sql, batch.id());
    String status = batch.expired() ? "expired" : "completed";
    batches.end(
        sql,
        batch.id(),
        batch.is(Batch.CANCELLING) ? Batch.CANCELLED : status,
        completed(sql, batch.outputFile()),
        completed(sql, batch.errorFile()));
  }

  private @Nullable UUID completed(Sql sql, UUID file) {
    return files.completeOutput(sql, file) ? file : null;
  }
}
