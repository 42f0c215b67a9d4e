package com.sutazai.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.agents.AgentsConfig;
import com.sutazai.agents.Workers;
import com.sutazai.agents.Workers.Worker;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Job;
import com.sutazai.queue.Lease;
import com.sutazai.queue.WorkerClaims;
import com.sutazai.tasks.TaskRepository.Completion;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in the hands of workers. A report is taken under the lease of its claim only; the same
 * report again is answered as the first time, a late one changes nothing.
 */
@ApplicationScoped
class WorkerTasks {
  private static final Duration LOOK = Duration.ofMillis(200);

  private static final Statement REPORTED =
      Statement.of("tasks.reported", "UPDATE tasks SET reported_lease = $2 WHERE id = $1");

  private static final Statement WAS_REPORTED =
      Statement.of(
          "tasks.was_reported",
          "SELECT EXISTS (SELECT FROM tasks WHERE id = $1 AND reported_lease = $2) AS reported");

  private static final Statement OWNER_OF =
      Statement.of("tasks.owner_of", "SELECT owner_id FROM tasks WHERE id = $1");

  private final Database database;
  private final TaskRepository repository;
  private final WorkerClaims claims;
  private final Workers workers;
  private final Retries retries;
  private final Finished finished;
  private final Storage storage;
  private final TasksConfig config;
  private final AgentsConfig agentsConfig;
  private final Ids ids;

  WorkerTasks(
      Database database,
      TaskRepository repository,
      WorkerClaims claims,
      Workers workers,
      Retries retries,
      Finished finished,
      Storage storage,
      TasksConfig config,
      AgentsConfig agentsConfig,
      Ids ids) {
    this.database = database;
    this.repository = repository;
    this.claims = claims;
    this.workers = workers;
    this.retries = retries;
    this.finished = finished;
    this.storage = storage;
    this.config = config;
    this.agentsConfig = agentsConfig;
    this.ids = ids;
  }

  /**
   * A task for a worker.
   *
   * @param lease to be named in heartbeats and in the report
   * @param leaseExpiresAt until when it must be renewed
   */
  @RegisterForReflection
  record Lent(
      @com.fasterxml.jackson.annotation.JsonUnwrapped Task task,
      String lease,
      Instant leaseExpiresAt) {}

  /**
   * How a worker's try went.
   *
   * @param status {@code completed} or {@code failed}
   * @param error of a failed try: a text, or {@code {code, detail}}
   * @param retryable of a failed try: whether another may succeed; true by default
   */
  @RegisterForReflection
  record Report(
      @Nullable String taskId,
      @Nullable String lease,
      @Nullable String agentName,
      @Nullable String status,
      @Nullable JsonNode result,
      @Nullable JsonNode error,
      @Nullable Boolean retryable) {}

  /** The next task of the type that the worker may run; waits for one at most so long. */
  Optional<Lent> next(Caller caller, String type, @Nullable String agentName, Duration wait)
      throws InterruptedException {
    storage.requireRoom();
    Worker worker = workers.seen(caller, agentName);
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      Optional<Lent> lent =
          worker.status().equals("active") ? claim(caller, type, worker) : Optional.empty();
      if (lent.isPresent() || System.nanoTime() >= deadline) {
        return lent;
      }
      Thread.sleep(LOOK);
    }
  }

  private Optional<Lent> claim(Caller caller, String type, Worker worker) {
    while (true) {
      UUID lease = ids.next();
      Optional<Lent> lent =
          claims.inTurn(
              worker.id(),
              () -> database.transaction(sql -> claim(sql, caller, type, worker, lease)));
      if (lent.isEmpty() || !lent.get().task().isFinished()) {
        return lent;
      }
      finished.announce(lent.get().task().id(), type, Task.FAILED);
    }
  }

  /** One claim; a task whose every try ended with a silent worker is finished with instead. */
  private Optional<Lent> claim(Sql sql, Caller caller, String type, Worker worker, UUID lease) {
    var asking =
        new WorkerClaims.Worker(
            worker.id(), worker.capabilities(), worker.maxRunning(), worker.anyOwner());
    return claims
        .claim(sql, caller.owner(), type, asking, lease, agentsConfig.workerLease())
        .map(
            lent -> {
              UUID id = lent.job().taskId();
              Task task = repository.find(sql, lent.owner(), id).orElseThrow();
              if (task.attempt() > task.maxRetries() + 1) {
                var silent =
                    new Task.Failure("worker_silent", "The worker fell silent during every try.");
                repository.fail(sql, lent.job(), silent, true, null, null);
                task = repository.find(sql, lent.owner(), id).orElseThrow();
              }
              return new Lent(task, new Lease(id, lease).toString(), lent.until());
            });
  }

  /** Stores how it went; 409 when the lease was lost. */
  Task report(Caller caller, Report report) {
    Lease lease = Lease.parse("lease", Check.text("lease", report.lease(), 100));
    if (!lease.taskId().toString().equalsIgnoreCase(report.taskId())) {
      throw ProblemException.invalid("task_id", "is not the one of the lease");
    }
    boolean completed = Check.oneOf("status", report.status(), "completed", "failed") == 0;
    Worker worker = workers.seen(caller, report.agentName());
    String result =
        Check.document(
            "result",
            report.result() == null ? "null" : report.result().toString(),
            (int) config.maxPayload().asLongValue(),
            "sutazai.tasks.max-payload");
    UUID owner = worker.anyOwner() ? ownerOf(lease.taskId()) : caller.owner();
    Task before =
        repository
            .find(database, owner, lease.taskId())
            .orElseThrow(() -> ProblemException.notFound("task", lease.taskId()));
    Task after =
        database.transaction(
            sql -> {
              boolean held =
                  completed
                      ? complete(sql, lease, worker, result)
                      : fail(sql, before, lease, worker, report);
              if (held) {
                sql.update(REPORTED, lease.taskId(), lease.id());
              }
              if (!held
                  && !sql.query(WAS_REPORTED, lease.taskId(), lease.id())
                      .getFirst()
                      .getBoolean("reported")) {
                throw new ProblemException(
                    ErrorCode.LEASE_LOST,
                    "The task is not yours any more, so nothing was stored. Take the next one.");
              }
              return repository.find(sql, owner, lease.taskId()).orElseThrow();
            });
    if (after.isFinished() && !before.isFinished()) {
      finished.announce(after.id(), after.type(), after.status());
    }
    return after;
  }

  private UUID ownerOf(UUID task) {
    return database.query(OWNER_OF, task).stream()
        .findFirst()
        .orElseThrow(() -> ProblemException.notFound("task", task))
        .getUUID("owner_id");
  }

  private boolean complete(Sql sql, Lease lease, Worker worker, String result) {
    var completion = new Completion(lease.taskId(), lease.id(), result, worker.id(), worker.name());
    return !repository.complete(sql, List.of(completion)).isEmpty();
  }

  private boolean fail(Sql sql, Task task, Lease lease, Worker worker, Report report) {
    Job job = new Job(lease.taskId(), task.type(), lease.id());
    boolean retryable = !Boolean.FALSE.equals(report.retryable());
    Task.Failure failure = failure(report.error());
    return retryable && task.attempt() <= task.maxRetries()
        ? repository.again(sql, job, failure, retries.pauseAfter(task.attempt()))
        : repository.fail(sql, job, failure, retryable, worker.id(), worker.name());
  }

  private static Task.Failure failure(@Nullable JsonNode error) {
    if (error == null || error.isNull()) {
      return new Task.Failure("worker_failed", "The worker gave no reason.");
    }
    if (error.isTextual()) {
      return new Task.Failure("worker_failed", text("error", error, 10_000));
    }
    return new Task.Failure(
        error.hasNonNull("code") ? text("error.code", error.get("code"), 100) : "worker_failed",
        error.hasNonNull("detail") ? text("error.detail", error.get("detail"), 10_000) : null);
  }

  private static String text(String field, JsonNode value, int max) {
    return Check.text(field, value.isTextual() ? value.textValue() : value.toString(), max);
  }
}
