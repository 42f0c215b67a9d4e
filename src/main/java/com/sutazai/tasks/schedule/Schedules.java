package com.sutazai.tasks.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.EntityTag;
import com.sutazai.platform.json.MergePatch;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.json.StrictJson;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Storage;
import com.sutazai.tasks.Intake;
import com.sutazai.tasks.SubmitTask;
import com.sutazai.tasks.TasksConfig;
import com.sutazai.tasks.schedule.ScheduleRepository.ScheduleValues;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Schedules: what callers may make, read, change and remove. {@link DueSchedules} runs them. */
@ApplicationScoped
class Schedules {
  private final Database database;
  private final ScheduleRepository repository;
  private final Intake intake;
  private final Storage storage;
  private final TasksConfig config;
  private final Ids ids;
  private final ObjectMapper json;
  private final StrictJson strict;

  Schedules(
      Database database,
      ScheduleRepository repository,
      Intake intake,
      Storage storage,
      TasksConfig config,
      Ids ids,
      ObjectMapper json,
      StrictJson strict) {
    this.database = database;
    this.repository = repository;
    this.intake = intake;
    this.storage = storage;
    this.config = config;
    this.ids = ids;
    this.json = json;
    this.strict = strict;
  }

  Page<Schedule> list(Caller caller, @Nullable UUID after, int limit) {
    return Pages.of(
        repository.list(database, caller.owner(), after, limit + 1), limit, Schedule::id);
  }

  /** The schedule, or 404 when the caller has none of this id. */
  Schedule find(Caller caller, UUID id) {
    return repository
        .find(database, caller.owner(), id)
        .orElseThrow(() -> ProblemException.notFound("schedule", id));
  }

  Schedule make(Caller caller, MakeSchedule ask) {
    storage.requireRoom();
    Timetable timetable = Timetable.of(ask.cron(), ask.timeZone());
    ScheduleValues values = values(ask, timetable);
    requireTakeable(caller, ask.task());
    return database.transaction(
        sql -> {
          repository.lockOwner(sql, caller.owner());
          UUID id = ids.next();
          if (repository.count(sql, caller.owner()) >= config.maxSchedules()) {
            throw new ProblemException(
                ErrorCode.WRONG_STATE,
                "There are "
                    + config.maxSchedules()
                    + " schedules already (sutazai.tasks.max-schedules); delete one first.");
          }
          requireFree(sql, caller, values.name(), id);
          Instant now = repository.now(sql);
          Instant next = next(timetable, now);
          return repository.insert(sql, caller, id, values, values.enabled() ? next : null, now);
        });
  }

  /** Applies an RFC 7396 merge patch. */
  Schedule patch(Caller caller, UUID id, @Nullable String ifMatch, ObjectNode patch)
      throws JsonProcessingException {
    storage.requireRoom();
    Schedule before = find(caller, id);
    requireMatch(before, ifMatch);
    ObjectNode patched = document(before);
    MergePatch.apply(patched, patch);
    MakeSchedule ask = strict.read(patched, MakeSchedule.class);
    Timetable timetable = Timetable.of(ask.cron(), ask.timeZone());
    ScheduleValues values = values(ask, timetable);
    if (patch.has("task")) {
      requireTakeable(caller, ask.task());
    }
    return database.transaction(
        sql -> {
          repository.lockOwner(sql, caller.owner());
          var locked = repository.lock(sql, id, before.version()).orElseThrow(() -> stale(id));
          requireFree(sql, caller, values.name(), id);
          Instant now = repository.now(sql);
          boolean goesOn =
              before.enabled()
                  && before.cron().equals(values.cron())
                  && before.timeZone().equals(values.timeZone());
          OffsetDateTime due = locked.getOffsetDateTime("next_run_at");
          Instant next = goesOn ? due.toInstant() : next(timetable, now);
          return repository.update(
              sql,
              id,
              values,
              values.enabled() ? next : null,
              now,
              patch.has("task") ? caller : null);
        });
  }

  void delete(Caller caller, UUID id, @Nullable String ifMatch) {
    Schedule schedule = find(caller, id);
    requireMatch(schedule, ifMatch);
    if (!repository.delete(database, id, schedule.version())) {
      throw stale(id);
    }
  }

  private ScheduleValues values(MakeSchedule ask, Timetable timetable) {
    String missed = ask.missed() == null ? Schedule.ONCE : ask.missed();
    Check.oneOf("missed", missed, Schedule.ONCE, Schedule.SKIP);
    SubmitTask task = ask.task();
    if (task == null) {
      throw ProblemException.invalid("task", "is required: a JSON object with at least type");
    }
    return new ScheduleValues(
        Check.text("name", ask.name(), 255),
        timetable.cron(),
        timetable.timeZone(),
        !Boolean.FALSE.equals(ask.enabled()),
        missed,
        template(task));
  }

  /** The task as it was asked for, without what was left out. */
  private String template(SubmitTask task) {
    refuse("run_at", task.runAt(), "the cron expression says when");
    refuse("expires_at", task.expiresAt(), "it would lie behind from some run on");
    refuse("depends_on", task.dependsOn(), "those tasks end before the next run");
    ObjectNode tree = json.valueToTree(task);
    tree.removeIf(JsonNode::isNull);
    return tree.toString();
  }

  private static void refuse(String field, @Nullable Object value, String reason) {
    if (value != null) {
      throw ProblemException.invalid("task." + field, "cannot be set in a schedule: " + reason);
    }
  }

  /** Whether the task could be submitted now; if there is room for it is seen at each run. */
  private void requireTakeable(Caller caller, @Nullable SubmitTask task) {
    if (task != null) {
      intake.checked(caller, task, Instant.EPOCH, "task.");
    }
  }

  private static Instant next(Timetable timetable, Instant now) {
    return timetable
        .next(now)
        .orElseThrow(
            () ->
                ProblemException.invalid("cron", "names no day that exists: " + timetable.cron()));
  }

  private ObjectNode document(Schedule schedule) throws JsonProcessingException {
    ObjectNode document = json.createObjectNode();
    document.put("name", schedule.name());
    document.put("cron", schedule.cron());
    document.put("time_zone", schedule.timeZone());
    document.put("enabled", schedule.enabled());
    document.put("missed", schedule.missed());
    document.set("task", json.readTree(schedule.task()));
    return document;
  }

  private void requireFree(Sql sql, Caller caller, String name, UUID self) {
    if (repository.nameTaken(sql, caller.owner(), name, self)) {
      throw new ProblemException(
          ErrorCode.CONFLICT,
          "There is already a schedule named " + name + "; choose another name.");
    }
  }

  private static void requireMatch(Schedule schedule, @Nullable String ifMatch) {
    if (!EntityTag.matches(ifMatch, schedule.version())) {
      throw stale(schedule.id());
    }
  }

  private static ProblemException stale(UUID id) {
    return new ProblemException(
        ErrorCode.PRECONDITION_FAILED,
        "Schedule " + id + " was changed in the meantime: read it again and repeat.");
  }
}
