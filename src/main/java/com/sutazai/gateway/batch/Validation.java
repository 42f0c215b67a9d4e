package com.sutazai.gateway.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.gateway.batch.BatchRepository.Work;
import com.sutazai.gateway.batch.BatchTasks.Slice;
import com.sutazai.gateway.batch.InputLines.InputLine;
import com.sutazai.gateway.batch.LineRepository.Line;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.tasks.OwnTasks;
import com.sutazai.tasks.OwnTasks.OwnTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Checks a batch's lines and notes where each is, some hundred in a transaction; then begins the
 * batch, or says what is wrong. Done again from the start when it was interrupted.
 */
@ApplicationScoped
class Validation {
  private static final int MOST_LINES = 50_000;
  private static final int MOST_ERRORS = 100;
  private static final int TOGETHER = 500;
  private static final int LONGEST_SLICE = 50;

  private final Database database;
  private final BatchRepository batches;
  private final LineRepository lines;
  private final FileRepository files;
  private final BatchTasks tasks;
  private final OwnTasks ownTasks;
  private final BatchesConfig config;
  private final Ids ids;
  private final ObjectMapper json;

  Validation(
      Database database,
      BatchRepository batches,
      LineRepository lines,
      FileRepository files,
      BatchTasks tasks,
      OwnTasks ownTasks,
      BatchesConfig config,
      Ids ids,
      ObjectMapper json) {
    this.database = database;
    this.batches = batches;
    this.lines = lines;
    this.files = files;
    this.tasks = tasks;
    this.ownTasks = ownTasks;
    this.config = config;
    this.ids = ids;
    this.json = json;
  }

  /** Checks the batch; does nothing when it needs no check any more. */
  void run(UUID id) throws InterruptedException {
    Work batch = batches.load(database, id).orElse(null);
    UUID run = ids.next();
    if (batch == null || !start(id, run)) {
      return;
    }
    Check check = new Check(batch, run);
    if (check.all()) {
      end(batch, run, check);
    }
  }

  /** Whether this run is the one that checks; what another one noted is forgotten. */
  private boolean start(UUID id, UUID run) {
    return database.transaction(
        sql -> {
          boolean first = batches.validate(sql, id, run);
          if (first) {
            lines.clear(sql, id);
          }
          return first;
        });
  }

  /** One pass over the lines. */
  private final class Check {
    private final Work batch;
    private final UUID run;
    private final InputLines input;
    private final LineCheck rules;
    private final List<LineError> errors = new ArrayList<>();
    private final List<Line> noted = new ArrayList<>();

    /** Where in the file each noted line is. */
    private final Map<Integer, Integer> fileLines = new HashMap<>();

    private int total;

    Check(Work batch, UUID run) {
      this.batch = batch;
      this.run = run;
      long longest = config.maxLine().asLongValue();
      input = new InputLines(database, files, batch.inputFile(), longest);
      rules = new LineCheck(json, batch.endpoint(), longest);
    }

    /** Checks all lines, or until there are errors enough; false when another run took over. */
    boolean all() throws InterruptedException {
      for (InputLine line = input.next();
          line != null && errors.size() < MOST_ERRORS;
          line = input.next()) {
        if (!line.isBlank()) {
          check(line);
        }
        if (total > MOST_LINES) {
          errors.add(
              LineError.ofFile(
                  "too_many_lines", "A batch must have at most " + MOST_LINES + " lines."));
          return true;
        }
        if (noted.size() == TOGETHER && !store()) {
          return false;
        }
      }
      if (total == 0) {
        errors.add(LineError.ofFile("empty_file", "The input has no lines."));
      }
      return store();
    }

    private void check(InputLine line) {
      total++;
      switch (rules.check(line)) {
        case LineCheck.Outcome.Bad bad -> errors.add(bad.error());
        case LineCheck.Outcome.Good good -> {
          byte[] bytes = line.bytes();
          int length = bytes == null ? 0 : bytes.length;
          noted.add(new Line(total, good.customId(), line.position(), length));
          fileLines.put(total, line.number());
        }
      }
    }

    private boolean store() throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      boolean mine =
          database.transaction(
              sql -> {
                if (!batches.hold(sql, batch.id(), run)) {
                  return false;
                }
                noteTwins(lines.add(sql, batch.id(), noted));
                return true;
              });
      noted.clear();
      fileLines.clear();
      return mine;
    }

    private void noteTwins(Set<Integer> stored) {
      for (Line line : noted) {
        if (!stored.contains(line.number()) && errors.size() < MOST_ERRORS) {
          errors.add(
              new LineError(
                  "duplicate_custom_id",
                  fileLines.get(line.number()),
                  "Another line has this custom_id; each must have one of its own.",
                  "custom_id"));
        }
      }
    }
  }

  private void end(Work batch, UUID run, Check check) {
    List<OwnTask> first =
        database.transaction(
            sql -> {
              Instant now = batches.lock(sql, batch.id());
              return check.errors.isEmpty()
                  ? begin(sql, now, batch, run, check.total)
                  : refuse(sql, batch, run, check.errors);
            });
    ownTasks.left(first);
  }

  /** A short batch is cut into short slices, so that several of its lines are asked at once. */
  private List<OwnTask> begin(Sql sql, Instant now, Work batch, UUID run, int total) {
    int length = Math.clamp(total / Slices.WINDOW, 1, LONGEST_SLICE);
    List<OwnTask> first = new ArrayList<>();
    if (batches.begin(sql, batch.id(), run, total, length)) {
      int slices = Math.min(Slices.WINDOW, Slices.count(total, length));
      for (int number = 0; number < slices; number++) {
        OwnTask task = tasks.lines(new Slice(batch.id(), number, 0), Duration.ZERO);
        lines.addSlice(sql, batch.id(), number, task.id());
        first.add(task);
      }
      ownTasks.leave(sql, now, first);
    }
    return first;
  }

  private List<OwnTask> refuse(Sql sql, Work batch, UUID run, List<LineError> errors) {
    if (batches.refuse(sql, batch.id(), run, text(LineError.Errors.of(errors)))) {
      lines.clear(sql, batch.id());
      files.delete(sql, batch.outputFile());
      files.delete(sql, batch.errorFile());
    }
    return List.of();
  }

  private String text(LineError.Errors errors) {
    try {
      return json.writeValueAsString(errors);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
