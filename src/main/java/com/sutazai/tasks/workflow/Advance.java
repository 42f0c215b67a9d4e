package com.sutazai.tasks.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ParserWords;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.tasks.StepTasks;
import com.sutazai.tasks.Task;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Advances one workflow by what has been committed: takes over how its tasks ended, skips what
 * cannot run any more, leaves the tasks of the steps that may begin, ends it. All of it is one
 * transaction under the workflow's lock, so a step becomes one task, whoever dies when.
 */
@ApplicationScoped
class Advance {
  private static final Duration QUEUE_FULL_PAUSE = Duration.ofSeconds(1);

  private final Database database;
  private final AdvanceRepository repository;
  private final StepTasks tasks;
  private final WorkflowMetrics metrics;
  private final ObjectMapper json;

  Advance(
      Database database,
      AdvanceRepository repository,
      StepTasks tasks,
      WorkflowMetrics metrics,
      ObjectMapper json) {
    this.metrics = metrics;
    this.database = database;
    this.repository = repository;
    this.tasks = tasks;
    this.json = json;
  }

  /**
   * What an advance did.
   *
   * @param left tasks of steps that begin
   * @param outcome how the workflow has ended
   */
  private record Done(Caller caller, List<Begin> left, Optional<WorkflowStatus> outcome) {}

  /** A step that begins, and its task. */
  private record Begin(String step, StepTasks.Checked task) {}

  /** The workflow under its lock. */
  private record Locked(UUID id, Caller caller, Instant now) {}

  /** Whether it was this one's to advance: false when another one has it in its hands. */
  boolean advance(UUID id) {
    Optional<Done> done = database.transaction(sql -> advance(sql, id));
    done.ifPresent(this::announce);
    return done.isPresent();
  }

  private void announce(Done done) {
    tasks.left(done.caller(), done.left().stream().map(Begin::task).toList());
    done.outcome().ifPresent(metrics::ended);
  }

  private Optional<Done> advance(Sql sql, UUID id) {
    return repository.lock(sql, id).map(row -> advance(sql, id, row));
  }

  private Done advance(Sql sql, UUID id, Row row) {
    repository.takeSignals(sql, id);
    Locked workflow =
        new Locked(
            id,
            Caller.of(row.getUUID("owner_id"), row.getBoolean("by_admin"))
                .with(row.getUUID("key_id")),
            row.getOffsetDateTime("now").toInstant());
    WorkflowStatus status = WorkflowStatus.of(row.getString("status"));
    if (status.ended()) {
      return new Done(workflow.caller(), List.of(), Optional.empty());
    }
    repository.record(sql, id);
    Board board =
        new Board(
            repository.board(sql, id),
            row.getString("on_failure").equals(NewWorkflow.FAIL),
            row.getInteger("max_parallel"),
            status == WorkflowStatus.PAUSED);
    List<Begin> begins = begin(sql, workflow, board);
    repository.change(sql, id, board.changes());
    Optional<WorkflowStatus> outcome = board.outcome();
    outcome.ifPresent(ended -> repository.end(sql, id, ended));
    return new Done(workflow.caller(), begins, outcome);
  }

  private List<Begin> begin(Sql sql, Locked workflow, Board board) {
    List<Begin> begins = new ArrayList<>();
    List<String> ready = board.ready();
    while (!ready.isEmpty()) { // a step that cannot begin makes room for another
      for (Row row : repository.load(sql, workflow.id(), ready)) {
        String step = row.getString("step");
        if (!board.waits(step)) {
          continue; // one before it could not begin, and cancelled it
        }
        try {
          begins.add(new Begin(step, task(sql, workflow, row)));
          board.begun(step);
        } catch (CannotBegin e) {
          board.failed(step, e.failure());
        }
      }
      ready = board.ready();
    }
    return leave(sql, workflow, begins);
  }

  private List<Begin> leave(Sql sql, Locked workflow, List<Begin> begins) {
    if (begins.isEmpty()) {
      return begins;
    }
    List<StepTasks.Checked> checked = begins.stream().map(Begin::task).toList();
    try {
      tasks.requireRoom(workflow.caller(), checked);
    } catch (ProblemException full) {
      if (full.code() != ErrorCode.QUEUE_FULL && full.code() != ErrorCode.QUOTA_EXCEEDED) {
        throw full;
      }
      repository.signal(sql, workflow.id(), QUEUE_FULL_PAUSE);
      return List.of();
    }
    tasks.leave(sql, checked);
    repository.begin(
        sql,
        workflow.id(),
        begins.stream().map(Begin::step).toList(),
        checked.stream().map(StepTasks.Checked::id).toList());
    return begins;
  }

  private StepTasks.Checked task(Sql sql, Locked workflow, Row row) throws CannotBegin {
    UUID agent = row.getUUID("agent_id");
    StepTasks.Ask ask =
        new StepTasks.Ask(
            row.getString("type"),
            payload(sql, workflow, tree("The payload", row.getString("payload"))),
            agent == null ? null : agent.toString(),
            List.of(row.getArrayOfStrings("required_capabilities")),
            row.getInteger("priority"),
            row.getInteger("timeout_seconds"),
            row.getInteger("max_retries"));
    try {
      return tasks.checkedAgain(workflow.caller(), ask, workflow.now());
    } catch (ProblemException refused) {
      throw CannotBegin.of(refused);
    }
  }

  private JsonNode payload(Sql sql, Locked workflow, JsonNode written) throws CannotBegin {
    Template template = Template.of(written, "payload");
    List<Reference> references = template.references();
    if (references.isEmpty()) {
      return template.filled(Map.of(), 0);
    }
    long most = tasks.mostBytes();
    List<Row> rows = repository.values(sql, workflow.id(), references, most);
    Map<Reference, JsonNode> values = new HashMap<>();
    for (int i = 0; i < references.size(); i++) {
      Row row = rows.get(i);
      if (!row.getBoolean("found")) {
        throw new CannotBegin(
            new Task.Failure(
                "missing_value",
                "The payload refers to {{"
                    + references.get(i)
                    + "}}, and there is no such value."));
      }
      String value = row.getString("value");
      if (value == null) {
        throw CannotBegin.of(Template.tooLarge(most));
      }
      values.put(references.get(i), tree("The value of {{" + references.get(i) + "}}", value));
    }
    try {
      return template.filled(values, most);
    } catch (ProblemException tooLarge) {
      throw CannotBegin.of(tooLarge);
    }
  }

  /** What was stored may be more than is read, such as a number that has thousands of digits. */
  private JsonNode tree(String what, String text) throws CannotBegin {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new CannotBegin(
          new Task.Failure("unreadable_value", what + " cannot be read: " + ParserWords.of(e)));
    }
  }

  /** A step whose task cannot be left: it has failed, and the workflow goes on by its rules. */
  private static final class CannotBegin extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Task.Failure failure;

    CannotBegin(Task.Failure failure) {
      super(failure.code(), null, false, false);
      this.failure = failure;
    }

    /** An outage is nobody's fault: the advance is tried again as a whole. */
    static CannotBegin of(ProblemException refused) {
      if (refused.code().isOutage()) {
        throw refused;
      }
      return new CannotBegin(new Task.Failure(refused.code().code(), refused.detail()));
    }

    Task.Failure failure() {
      return failure;
    }
  }
}
