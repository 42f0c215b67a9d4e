package com.sutazai.gateway.batch;

import com.sutazai.gateway.batch.BatchRepository.NewBatch;
import com.sutazai.gateway.batch.BatchTasks.Step;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Turn;
import com.sutazai.tasks.OwnTasks;
import com.sutazai.tasks.OwnTasks.Cancelled;
import com.sutazai.tasks.OwnTasks.OwnTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Batches as callers make, see and cancel them. What is to be done next is always a task. */
@ApplicationScoped
class Batches {
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Database database;
  private final BatchRepository repository;
  private final LineRepository lines;
  private final FileRepository files;
  private final BatchTasks tasks;
  private final OwnTasks ownTasks;
  private final FileRoom room;
  private final BatchesConfig config;
  private final Ids ids;

  Batches(
      Database database,
      BatchRepository repository,
      LineRepository lines,
      FileRepository files,
      BatchTasks tasks,
      OwnTasks ownTasks,
      FileRoom room,
      BatchesConfig config,
      Ids ids) {
    this.database = database;
    this.repository = repository;
    this.lines = lines;
    this.files = files;
    this.tasks = tasks;
    this.ownTasks = ownTasks;
    this.room = room;
    this.config = config;
    this.ids = ids;
  }

  /** Stores the batch with the tasks that check it and that end it after its window. */
  Batch make(Caller caller, MakeBatch ask) {
    room.require(caller);
    UUID id = ids.next();
    List<OwnTask> first =
        List.of(
            tasks.state(Step.VALIDATE, id, Duration.ZERO),
            tasks.state(Step.EXPIRE, id, ask.window()));
    Batch made =
        database.transaction(
            sql -> {
              requireInput(sql, caller, ask.inputFile());
              requireRoom(sql, caller);
              Instant now = store(sql, caller, id, ask);
              ownTasks.leave(sql, now, first);
              return find(sql, caller, id);
            });
    ownTasks.left(first);
    return made;
  }

  private Instant store(Sql sql, Caller caller, UUID id, MakeBatch ask) {
    UUID output = ids.next();
    UUID errors = ids.next();
    String name = WireId.batch(id);
    files.begin(sql, output, caller.owner(), StoredFile.OUTPUT, name + "_output.jsonl");
    files.begin(sql, errors, caller.owner(), StoredFile.OUTPUT, name + "_error.jsonl");
    return repository.make(
        sql,
        new NewBatch(
            id,
            caller,
            ask.endpoint(),
            ask.windowText(),
            ask.window(),
            ask.metadata(),
            ask.inputFile(),
            output,
            errors));
  }

  private void requireInput(Sql sql, Caller caller, UUID file) {
    String purpose =
        files
            .hold(sql, caller.owner(), file)
            .orElseThrow(() -> ProblemException.notFound("file", WireId.file(file)));
    if (!purpose.equals(StoredFile.INPUT)) {
      throw ProblemException.invalid("input_file_id", "must be a file of purpose batch");
    }
  }

  private void requireRoom(Sql sql, Caller caller) {
    if (!Turn.take(sql, "unfinished batches of " + caller.owner())) {
      throw new ProblemException(
              ErrorCode.SERVER_BUSY, "Another of your batches is being made; nothing was stored.")
          .retryAfter(BUSY);
    }
    if (repository.countOpen(sql, caller.owner()) >= config.maxOpen()) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "There are "
              + config.maxOpen()
              + " unfinished batches (sutazai.batches.max-open); let one end or cancel one first.");
    }
  }

  /** The batch, or 404 when the caller has none of this id. */
  Batch find(Caller caller, UUID id) {
    return find(database, caller, id);
  }

  private Batch find(Sql sql, Caller caller, UUID id) {
    return repository
        .find(sql, caller.owner(), id)
        .orElseThrow(() -> ProblemException.notFound("batch", WireId.batch(id)));
  }

  Listing<Batch> list(Caller caller, @Nullable UUID after, int limit) {
    return Listing.of(
        repository.list(database, caller.owner(), after, limit + 1), limit, Batch::id);
  }

  private record Stopped(Batch batch, List<Cancelled> running, List<OwnTask> end) {}

  /** Stops the batch's work; what is answered by then is kept. */
  Batch cancel(Caller caller, UUID id) {
    Stopped stopped = database.transaction(sql -> cancel(sql, caller, id));
    ownTasks.announce(stopped.running());
    ownTasks.left(stopped.end());
    return stopped.batch();
  }

  private Stopped cancel(Sql sql, Caller caller, UUID id) {
    boolean stops = repository.cancel(sql, caller.owner(), id);
    Batch batch = find(sql, caller, id);
    if (stops) {
      List<Cancelled> running = ownTasks.cancel(sql, lines.sliceTasks(sql, id));
      List<OwnTask> end = List.of(tasks.state(Step.FINISH, id, Duration.ZERO));
      ownTasks.leave(sql, repository.lock(sql, id), end);
      return new Stopped(batch, running, end);
    }
    if (!List.of(Batch.CANCELLING, Batch.CANCELLED).contains(batch.status())) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The batch is " + batch.status() + "; only an unfinished one can be cancelled.");
    }
    return new Stopped(batch, List.of(), List.of());
  }
}
