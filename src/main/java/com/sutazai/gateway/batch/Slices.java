package com.sutazai.gateway.batch;

import com.sutazai.gateway.batch.BatchRepository.Work;
import com.sutazai.gateway.batch.BatchTasks.Slice;
import com.sutazai.gateway.batch.BatchTasks.Step;
import com.sutazai.gateway.batch.LineRepository.Line;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.tasks.OwnTasks;
import com.sutazai.tasks.OwnTasks.OwnTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs a slice of a batch's lines, one after the other, and passes the turn on: to the same slice
 * after a pause when a line is to be asked later, to a slice that has had no task when this one
 * moved, and after the last line to the batch's end. A batch has few slices in the queue at a time
 * and each new one goes to the queue's end, so batches take turns.
 */
@ApplicationScoped
class Slices {
  /** Slices of one batch that are in the queue at once. */
  static final int WINDOW = 16;

  /** Pauses after which a slice whose lines do not end lets another one begin in its place. */
  private static final int PAUSES_ALONE = 4;

  private static final int MOST_DOUBLINGS = 20;

  private final Database database;
  private final BatchRepository batches;
  private final LineRepository lines;
  private final BatchTasks tasks;
  private final OwnTasks ownTasks;
  private final Ask ask;
  private final BatchesConfig config;

  Slices(
      Database database,
      BatchRepository batches,
      LineRepository lines,
      BatchTasks tasks,
      OwnTasks ownTasks,
      Ask ask,
      BatchesConfig config) {
    this.database = database;
    this.batches = batches;
    this.lines = lines;
    this.tasks = tasks;
    this.ownTasks = ownTasks;
    this.ask = ask;
    this.config = config;
  }

  /** Into how many slices so many lines are cut. */
  static int count(int lines, int length) {
    return (lines + length - 1) / length;
  }

  /** First and last line of a slice. */
  private record Range(int first, int last) {
    static Range of(Work batch, Slice slice) {
      int first = slice.number() * batch.sliceLength() + 1;
      return new Range(first, Math.min(batch.total(), first + batch.sliceLength() - 1));
    }
  }

  /**
   * Asks the slice's open lines; does nothing when the batch takes no more answers.
   *
   * @param task that runs it
   */
  void run(Slice slice, UUID task) throws InterruptedException {
    Work batch = batches.load(database, slice.batch()).orElse(null);
    if (batch == null || !batch.is(Batch.IN_PROGRESS)) {
      return;
    }
    Range range = Range.of(batch, slice);
    boolean moved = false;
    boolean ended = true;
    Optional<Line> line = next(batch, range);
    while (ended && line.isPresent()) {
      ended = ask.line(batch, line.get());
      moved |= ended;
      line = next(batch, range);
    }
    passOn(batch, slice, range, new Pass(task, moved));
  }

  private Optional<Line> next(Work batch, Range range) {
    return lines.next(database, batch.id(), range.first(), range.last());
  }

  /**
   * A run over a slice's lines.
   *
   * @param moved whether any line ended
   */
  private record Pass(UUID task, boolean moved) {}

  private void passOn(Work batch, Slice slice, Range range, Pass pass) {
    List<OwnTask> next =
        database.transaction(
            sql -> {
              Instant now = batches.lock(sql, batch.id());
              List<OwnTask> wanted = next(sql, batch, slice, range, pass);
              ownTasks.leave(sql, now, wanted);
              return wanted;
            });
    ownTasks.left(next);
  }

  private List<OwnTask> next(Sql sql, Work batch, Slice slice, Range range, Pass pass) {
    if (batches.finalizeIfDone(sql, batch.id())) {
      return List.of(tasks.state(Step.FINISH, batch.id(), Duration.ZERO));
    }
    if (!batches.load(sql, batch.id()).map(now -> now.is(Batch.IN_PROGRESS)).orElse(false)) {
      return List.of();
    }
    if (!lines.anyOpen(sql, batch.id(), range.first(), range.last())) {
      boolean mine = lines.passSliceOn(sql, batch.id(), slice.number(), pass.task(), null);
      return mine ? following(sql, batch) : List.of();
    }
    int pauses = pass.moved() ? 1 : slice.pauses() + 1;
    OwnTask again = tasks.lines(new Slice(batch.id(), slice.number(), pauses), pause(pauses - 1));
    if (!lines.passSliceOn(sql, batch.id(), slice.number(), pass.task(), again.id())) {
      return List.of();
    }
    List<OwnTask> wanted = new ArrayList<>(List.of(again));
    if (pass.moved() || pauses == PAUSES_ALONE) {
      wanted.addAll(following(sql, batch));
    }
    return wanted;
  }

  /** The first slice that has had no task; none after the last one. */
  private List<OwnTask> following(Sql sql, Work batch) {
    int number = lines.nextSlice(sql, batch.id());
    if (number >= count(batch.total(), batch.sliceLength())) {
      return List.of();
    }
    OwnTask task = tasks.lines(new Slice(batch.id(), number, 0), Duration.ZERO);
    lines.addSlice(sql, batch.id(), number, task.id());
    return List.of(task);
  }

  /** Between half and all of the first pause, doubled so often, the longest at most. */
  private Duration pause(int doublings) {
    long longest = config.maxRetryPause().toMillis();
    long base = config.retryPause().toMillis() << Math.min(doublings, MOST_DOUBLINGS);
    long pause = Math.min(base, longest);
    return Duration.ofMillis(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
  }
}
