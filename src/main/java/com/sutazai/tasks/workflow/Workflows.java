package com.sutazai.tasks.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Storage;
import com.sutazai.platform.sql.Turn;
import com.sutazai.tasks.IdempotencyKeys;
import com.sutazai.tasks.IdempotencyKeys.Answer;
import com.sutazai.tasks.IdempotencyKeys.Key;
import com.sutazai.tasks.OwnTasks.Cancelled;
import com.sutazai.tasks.StepTasks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accepts workflows, tells how they are, steers them. {@link Coordinator} advances them. */
@ApplicationScoped
class Workflows {
  private static final String ROUTE = "POST /api/workflows";
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Database database;
  private final WorkflowRepository repository;
  private final Definition definition;
  private final StepTasks tasks;
  private final Coordinator coordinator;
  private final IdempotencyKeys keys;
  private final WorkflowMetrics metrics;
  private final Storage storage;
  private final WorkflowsConfig config;
  private final Ids ids;
  private final ObjectMapper json;

  Workflows(
      Database database,
      WorkflowRepository repository,
      Definition definition,
      StepTasks tasks,
      Coordinator coordinator,
      IdempotencyKeys keys,
      WorkflowMetrics metrics,
      Storage storage,
      WorkflowsConfig config,
      Ids ids,
      ObjectMapper json) {
    this.database = database;
    this.repository = repository;
    this.definition = definition;
    this.tasks = tasks;
    this.coordinator = coordinator;
    this.keys = keys;
    this.metrics = metrics;
    this.storage = storage;
    this.config = config;
    this.ids = ids;
    this.json = json;
  }

  /**
   * An accepted workflow.
   *
   * @param json as it was answered first
   * @param replayed whether an idempotency key gave the first answer again
   */
  record Accepted(String id, String json, boolean replayed) {}

  /** Checks it whole without storing anything. */
  Definition.Checked validate(Caller caller, @Nullable SubmitWorkflow ask) {
    return definition.checked(caller, ask);
  }

  Accepted submit(Caller caller, @Nullable SubmitWorkflow ask, @Nullable String idempotencyKey) {
    Optional<Key> key =
        Optional.ofNullable(idempotencyKey)
            .map(text -> Check.text("Idempotency-Key", text, 255))
            .map(text -> new Key(caller.owner(), ROUTE, text, text(ask)));
    NewWorkflow workflow;
    try {
      storage.requireRoom();
      workflow = definition.checked(caller, ask).workflow();
    } catch (ProblemException refused) {
      return key.flatMap(each -> keys.find(database, each))
          .map(first -> new Accepted(firstId(first), first, true))
          .orElseThrow(() -> refused);
    }
    Accepted accepted = database.transaction(sql -> store(sql, caller, workflow, key));
    coordinator.wake();
    return accepted;
  }

  private Accepted store(Sql sql, Caller caller, NewWorkflow workflow, Optional<Key> key) {
    Answer answer =
        key.map(each -> keys.once(sql, each, same -> stored(same, caller, workflow)))
            .orElseGet(() -> new Answer(stored(sql, caller, workflow), false));
    return new Accepted(firstId(answer.json()), answer.json(), answer.replayed());
  }

  private String stored(Sql sql, Caller caller, NewWorkflow workflow) {
    requireFew(sql, caller);
    UUID id = ids.next();
    repository.insert(sql, caller, id, workflow);
    return text(find(sql, caller, id));
  }

  private void requireFew(Sql sql, Caller caller) {
    if (!Turn.take(sql, "unfinished workflows of " + caller.owner())) {
      throw new ProblemException(
              ErrorCode.SERVER_BUSY,
              "Another of your workflows is being stored; nothing was stored.")
          .retryAfter(BUSY);
    }
    if (repository.open(sql, caller.owner(), config.maxOpen()) >= config.maxOpen()) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "There are "
              + config.maxOpen()
              + " unfinished workflows already (sutazai.workflows.max-open); wait for one to end, or cancel one.");
    }
  }

  private String firstId(String answer) {
    try {
      return json.readTree(answer).get("id").textValue();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored answer is no JSON", e);
    }
  }

  private String text(@Nullable Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  Page<Workflow> list(Caller caller, @Nullable String status, @Nullable UUID after, int limit) {
    return Pages.of(
        repository.list(database, caller.owner(), status, after, limit + 1), limit, Workflow::id);
  }

  /** The workflow, or 404 when the caller has none of this id. */
  Workflow find(Caller caller, UUID id) {
    return find(database, caller, id);
  }

  private Workflow find(Sql sql, Caller caller, UUID id) {
    return repository
        .find(sql, caller.owner(), id)
        .orElseThrow(() -> ProblemException.notFound("workflow", id));
  }

  WorkflowStep step(Caller caller, UUID id, String step) {
    Check.noNul("step", step);
    return repository
        .step(database, caller.owner(), id, step)
        .orElseThrow(() -> ProblemException.notFound("step", step + " in workflow " + id));
  }

  Workflow pause(Caller caller, UUID id) {
    repository.pause(database, caller.owner(), id);
    Workflow workflow = find(caller, id);
    requireStatus(workflow, WorkflowStatus.PAUSED, "paused");
    return workflow;
  }

  Workflow resume(Caller caller, UUID id) {
    storage.requireRoom();
    boolean resumed = repository.resume(database, caller.owner(), id);
    Workflow workflow = find(caller, id);
    if (resumed) {
      coordinator.wake();
    } else {
      requireStatus(workflow, WorkflowStatus.RUNNING, "resumed");
    }
    return workflow;
  }

  private record Cancel(Workflow workflow, boolean ended, List<Cancelled> tasks) {}

  Workflow cancel(Caller caller, UUID id) {
    Cancel done =
        database.transaction(
            sql -> {
              boolean open =
                  repository
                      .lock(sql, caller.owner(), id)
                      .filter(status -> !status.ended())
                      .isPresent();
              List<Cancelled> cancelled = open ? cancelSteps(sql, caller, id) : List.of();
              return new Cancel(find(sql, caller, id), open, cancelled);
            });
    tasks.announce(done.tasks());
    if (done.ended()) {
      metrics.ended(WorkflowStatus.CANCELLED);
    }
    requireStatus(done.workflow(), WorkflowStatus.CANCELLED, "cancelled");
    return done.workflow();
  }

  /** The tasks first: who ends one holds its job and waits for no step. */
  private List<Cancelled> cancelSteps(Sql sql, Caller caller, UUID id) {
    List<Cancelled> cancelled = tasks.cancel(sql, caller.owner(), repository.runningTasks(sql, id));
    repository.cancel(sql, id);
    return cancelled;
  }

  private static void requireStatus(Workflow workflow, WorkflowStatus status, String what) {
    if (!workflow.status().equals(status.code())) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The workflow has ended as "
              + workflow.status()
              + "; only an unfinished one can be "
              + what
              + ".");
    }
  }

  void delete(Caller caller, UUID id) {
    if (!repository.delete(database, caller.owner(), id)) {
      Workflow workflow = find(caller, id);
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The workflow is " + workflow.status() + "; cancel it before it is deleted.");
    }
  }
}
