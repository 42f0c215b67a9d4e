package com.sutazai.tasks.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Poller;
import com.sutazai.tasks.Intake;
import com.sutazai.tasks.NewTask;
import com.sutazai.tasks.SubmitTask;
import com.sutazai.tasks.Task;
import com.sutazai.tasks.Tasks;
import com.sutazai.tasks.schedule.ScheduleRepository.Run;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Submits the tasks of schedules that are due. Every process looks; the transaction that moves a
 * schedule on to its next moment stores the task too, so each due moment makes one task, whoever
 * dies when. The database's clock says what is due.
 */
@ApplicationScoped
class DueSchedules {
  private static final Logger LOG = Logger.getLogger(DueSchedules.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final Duration OTHERS_AT_WORK = Duration.ofMillis(50);
  private static final int MOST_TOGETHER = 100;

  /** From this age on a moment was missed. The shortest period is a minute: at most one is not. */
  private static final Duration MISSED = Duration.ofMinutes(1);

  /** Until a timetable is tried again that an update of the time zones has made unreadable. */
  private static final Duration UNREADABLE = Duration.ofHours(1);

  /** How soon a moment is tried again for whose task there was no room. */
  private static final Duration NO_ROOM = Duration.ofSeconds(5);

  private final Database database;
  private final ScheduleRepository repository;
  private final Tasks tasks;
  private final Intake intake;
  private final Poller poller;
  private final Storage storage;
  private final ObjectMapper json;
  private final MeterRegistry registry;
  private @Nullable Loop loop;

  DueSchedules(
      Database database,
      ScheduleRepository repository,
      Tasks tasks,
      Intake intake,
      Poller poller,
      Storage storage,
      ObjectMapper json,
      MeterRegistry registry) {
    this.database = database;
    this.repository = repository;
    this.tasks = tasks;
    this.intake = intake;
    this.poller = poller;
    this.storage = storage;
    this.json = json;
    this.registry = registry;
  }

  /** What became of a due moment; the lower-case name is the metric's label. */
  private enum Outcome {
    SUBMITTED,
    SKIPPED,
    REFUSED;

    static Outcome of(Run run) {
      return run.taskId() != null ? SUBMITTED : run.error() != null ? REFUSED : SKIPPED;
    }
  }

  /**
   * A schedule that is due, locked.
   *
   * @param at the moment that is due
   * @param now the database's time
   * @param next the first moment that lies ahead
   * @param wanted whether a task is to be made, or all due moments were missed and are skipped
   * @param unreadable why its timetable cannot be read any more
   */
  private record Due(
      UUID id,
      Caller caller,
      String task,
      Instant at,
      Instant now,
      Instant next,
      boolean wanted,
      Task.@Nullable Failure unreadable) {
    static Due from(Row row) {
      Instant now = row.getOffsetDateTime("now").toInstant();
      try {
        Timetable timetable = Timetable.of(row.getString("cron"), row.getString("time_zone"));
        boolean wanted =
            row.getString("missed").equals(Schedule.ONCE)
                || !timetable.next(now.minus(MISSED)).orElseThrow().isAfter(now);
        return from(row, now, timetable.next(now).orElseThrow(), wanted, null);
      } catch (ProblemException | NoSuchElementException e) {
        var failure = new Task.Failure(ErrorCode.INVALID_REQUEST.code(), e.getMessage());
        return from(row, now, now.plus(UNREADABLE), true, failure);
      }
    }

    private static Due from(
        Row row, Instant now, Instant next, boolean wanted, Task.@Nullable Failure unreadable) {
      return new Due(
          row.getUUID("id"),
          new Caller(row.getUUID("owner_id"), row.getString("owner"), row.getBoolean("by_admin"))
              .with(row.getUUID("key_id")),
          row.getString("task"),
          row.getOffsetDateTime("next_run_at").toInstant(),
          now,
          next,
          wanted,
          unreadable);
    }

    Run run(@Nullable UUID taskId, Task.@Nullable Failure error) {
      return new Run(id, at, next, taskId, error);
    }

    /** There is no room now, but there may be soon. */
    Run putOff(Task.Failure error) {
      Instant soon = now.plus(NO_ROOM);
      return new Run(id, at, soon.isBefore(next) ? soon : next, null, error);
    }
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    for (Outcome outcome : Outcome.values()) {
      count(outcome, 0);
    }
    loop = Loop.start("schedules", this::next);
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  private void next() throws InterruptedException {
    Thread.sleep(look());
  }

  /** One look; how long until the next. */
  private Duration look() {
    try {
      storage.requireRoom(); // what is missed meanwhile is made up for when there is room again
      Duration wait = repository.untilDue(database).orElse(LONGEST_WAIT);
      if (wait.isPositive()) {
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
      }
      return submitDue() > 0 ? Duration.ZERO : OTHERS_AT_WORK;
    } catch (ProblemException unavailable) {
      return LONGEST_WAIT;
    } catch (RuntimeException e) {
      LOG.error("Schedules could not be looked at; it goes on", e);
      return LONGEST_WAIT;
    }
  }

  /** Submits the tasks of schedules that are due, at most some; how many moments that were. */
  int submitDue() {
    try {
      return submitDue(MOST_TOGETHER, new ArrayList<>());
    } catch (RuntimeException e) {
      if (isOutage(e)) {
        throw e;
      }
      return submitFirst();
    }
  }

  /** The earliest alone: it must not hold up the others, whatever the database has against it. */
  private int submitFirst() {
    List<Due> seen = new ArrayList<>();
    try {
      return submitDue(1, seen);
    } catch (RuntimeException e) {
      if (isOutage(e)) {
        throw e;
      }
      for (Due due : seen) {
        LOG.errorf(e, "The task of schedule %s could not be stored", due.id());
        repository.moveOn(database, List.of(due.run(null, internal())));
        count(Outcome.REFUSED, 1);
      }
      return seen.size();
    }
  }

  private static boolean isOutage(RuntimeException e) {
    return e instanceof ProblemException problem && problem.code().isOutage();
  }

  private record Submitted(Due due, Run run, @Nullable NewTask task) {}

  private int submitDue(int most, List<Due> seen) {
    List<Submitted> submitted =
        database.transaction(
            sql -> {
              repository.due(sql, most).stream().map(Due::from).forEach(seen::add);
              return submit(sql, seen);
            });
    for (Submitted one : submitted) {
      count(Outcome.of(one.run()), 1);
      if (one.task() != null) {
        intake.accepted(one.due().caller(), List.of(one.task()));
      }
    }
    if (submitted.stream().anyMatch(one -> one.task() != null)) {
      poller.wake();
    }
    return submitted.size();
  }

  private List<Submitted> submit(Sql sql, List<Due> due) {
    List<Submitted> submitted = due.stream().map(this::submit).toList();
    List<NewTask> made = submitted.stream().map(Submitted::task).filter(Objects::nonNull).toList();
    if (!made.isEmpty()) {
      tasks.store(sql, made);
    }
    repository.moveOn(sql, submitted.stream().map(Submitted::run).toList());
    return submitted;
  }

  private Submitted submit(Due due) {
    if (due.unreadable() != null || !due.wanted()) {
      return new Submitted(due, due.run(null, due.unreadable()), null);
    }
    try {
      SubmitTask ask = json.readValue(due.task(), SubmitTask.class);
      NewTask task = intake.checked(due.caller(), ask, due.now(), "task.");
      intake.requireRoom(due.caller(), List.of(task));
      return new Submitted(due, due.run(task.id(), null), task);
    } catch (ProblemException e) {
      var failure = new Task.Failure(e.code().code(), e.detail());
      if (e.code() == ErrorCode.QUEUE_FULL || e.code() == ErrorCode.QUOTA_EXCEEDED) {
        return new Submitted(due, due.putOff(failure), null);
      }
      if (isOutage(e)) {
        throw e;
      }
      return new Submitted(due, due.run(null, failure), null);
    } catch (JsonProcessingException | RuntimeException e) {
      LOG.errorf(e, "The task of schedule %s could not be made", due.id());
      return new Submitted(due, due.run(null, internal()), null);
    }
  }

  private static Task.Failure internal() {
    return new Task.Failure(
        ErrorCode.INTERNAL.code(), "The failure was logged; it is not the schedule's fault.");
  }

  private void count(Outcome outcome, int moments) {
    registry
        .counter(MetricNames.SCHEDULE_RUNS, "outcome", outcome.name().toLowerCase(Locale.ROOT))
        .increment(moments);
  }
}
