package com.sutazai.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.Agent;
import com.sutazai.agents.Agents;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.queue.Jobs;
import com.sutazai.queue.Poller;
import com.sutazai.queue.QueueDepth;
import com.sutazai.tasks.TaskRepository.NewTask;
import com.sutazai.tasks.TaskRepository.TaskFilter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Accepts tasks, tells how they are, ends them. What is accepted is committed together with its
 * job.
 */
@ApplicationScoped
class Tasks {
  private static final Duration OTHER_NODES = Duration.ofSeconds(1);

  private final Database database;
  private final TaskRepository repository;
  private final Jobs jobs;
  private final Poller poller;
  private final QueueDepth depth;
  private final BuiltInAgents builtIns;
  private final Agents agents;
  private final IdempotencyKeys keys;
  private final Finished finished;
  private final TasksConfig config;
  private final Ids ids;
  private final InstantSource clock;
  private final ObjectMapper json;

  Tasks(
      Database database,
      TaskRepository repository,
      Jobs jobs,
      Poller poller,
      QueueDepth depth,
      BuiltInAgents builtIns,
      Agents agents,
      IdempotencyKeys keys,
      Finished finished,
      TasksConfig config,
      Ids ids,
      InstantSource clock,
      ObjectMapper json) {
    this.database = database;
    this.repository = repository;
    this.jobs = jobs;
    this.poller = poller;
    this.depth = depth;
    this.builtIns = builtIns;
    this.agents = agents;
    this.keys = keys;
    this.finished = finished;
    this.config = config;
    this.ids = ids;
    this.clock = clock;
    this.json = json;
  }

  /**
   * An accepted task.
   *
   * @param json the task as it was answered first
   * @param replayed whether an idempotency key gave the first answer again
   */
  record Accepted(UUID id, String json, boolean replayed) {}

  Accepted submit(Caller caller, SubmitTask ask, @Nullable String idempotencyKey) {
    Instant now = clock.instant();
    NewTask task = checked(caller, ask, now, "");
    Accepted accepted =
        idempotencyKey == null
            ? database.transaction(sql -> store(sql, caller, task, now))
            : once(caller, "POST /api/tasks", idempotencyKey, text(ask), task, now);
    poller.wake();
    return accepted;
  }

  /** Stores the task unless the key was used before: then it is the first answer that counts. */
  Accepted once(
      Caller caller, String route, String idempotencyKey, String body, NewTask task, Instant now) {
    var key =
        new IdempotencyKeys.Key(
            caller.owner(), route, Check.text("Idempotency-Key", idempotencyKey, 255), body);
    return database.transaction(
        sql -> {
          Optional<String> first = keys.take(sql, key);
          if (first.isPresent()) {
            return new Accepted(firstId(first.get()), first.get(), true);
          }
          Accepted accepted = store(sql, caller, task, now);
          keys.answer(sql, key, accepted.json());
          return accepted;
        });
  }

  private UUID firstId(String answer) {
    try {
      return UUID.fromString(json.readTree(answer).get("id").textValue());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored answer is no JSON", e);
    }
  }

  List<Accepted> submitAll(Caller caller, List<SubmitTask> asks) {
    Instant now = clock.instant();
    List<NewTask> tasks =
        java.util.stream.IntStream.range(0, asks.size())
            .mapToObj(i -> checked(caller, asks.get(i), now, "tasks[" + i + "]."))
            .toList();
    List<Accepted> accepted =
        database.transaction(
            sql -> tasks.stream().map(task -> store(sql, caller, task, now)).toList());
    poller.wake();
    return accepted;
  }

  private Accepted store(Sql sql, Caller caller, NewTask task, Instant now) {
    repository.insert(sql, caller.owner(), task, now);
    jobs.add(sql, task.id(), caller.owner(), task.type(), task.priority(), task.runAt());
    Task stored =
        new Task(
            task.id(),
            task.type(),
            task.agentId(),
            task.agent(),
            Task.PENDING,
            task.priority(),
            0,
            task.maxRetries(),
            task.timeoutSeconds(),
            task.requiredCapabilities(),
            task.payload(),
            "null",
            null,
            now,
            task.runAt(),
            null,
            null,
            false,
            new Task.Timings(null, null),
            new Task.Links("/api/tasks/" + task.id()));
    return new Accepted(task.id(), text(stored), false);
  }

  NewTask checked(Caller caller, SubmitTask ask, Instant now, String at) {
    String type = Check.text(at + "type", ask.type(), 100);
    List<String> capabilities =
        Check.words(at + "required_capabilities", ask.requiredCapabilities());
    Agent agent =
        ask.agentId() == null ? null : agents.find(caller, Ids.parse("agent", ask.agentId()));
    if (!builtIns.taskTypes().contains(type)) {
      throw new ProblemException(
          ErrorCode.UNKNOWN_TASK_TYPE,
          at
              + "type "
              + type
              + " is served by nobody; known are "
              + builtIns.taskTypes().stream().sorted().toList());
    }
    if (!builtIns.canServe(type, capabilities, agent == null ? null : agent.id())) {
      throw new ProblemException(
          ErrorCode.NO_CAPABLE_AGENT,
          agent == null
              ? "No active agent runs " + type + " and has all of " + capabilities + "."
              : "Agent "
                  + agent.name()
                  + " is not active, does not run "
                  + type
                  + " or lacks one of "
                  + capabilities
                  + ".");
    }
    requireRoom(caller, type);
    JsonNode payload = ask.payload();
    return new NewTask(
        ids.next(),
        type,
        agent == null ? null : agent.id(),
        agent == null ? null : agent.name(),
        Check.range(at + "priority", ask.priority(), 0, 10, 5),
        Check.range(at + "max_retries", ask.maxRetries(), 0, 20, 3),
        Check.range(at + "timeout_seconds", ask.timeoutSeconds(), 1, 86_400, 300),
        capabilities,
        Check.document(
            at + "payload",
            payload == null ? "{}" : payload.toString(),
            (int) config.maxPayload().asLongValue(),
            "sutazai.tasks.max-payload"),
        runAt(ask.runAt(), now, at));
  }

  private static Instant runAt(@Nullable Instant asked, Instant now, String at) {
    if (asked == null || asked.isBefore(now)) {
      return now;
    }
    if (asked.isAfter(now.plus(Duration.ofDays(366)))) {
      throw ProblemException.invalid(at + "run_at", "must be at most 366 days ahead");
    }
    return asked;
  }

  private void requireRoom(Caller caller, String type) {
    QueueDepth.Snapshot waiting = depth.snapshot();
    if (waiting == null) {
      return; // the database is away: the insert itself will say so
    }
    boolean owner =
        !caller.owner().equals(Caller.LOCAL_OWNER)
            && waiting.byOwner().getOrDefault(caller.owner(), 0L) >= config.maxWaitingPerOwner();
    if (owner || waiting.byType().getOrDefault(type, 0L) >= config.maxWaitingPerType()) {
      throw queueFull();
    }
  }

  static ProblemException queueFull() {
    return new ProblemException(ErrorCode.QUEUE_FULL, "Queue full, try again later")
        .retryAfter(Duration.ofSeconds(1));
  }

  Task find(Caller caller, UUID id) {
    return repository
        .find(database, caller.owner(), id)
        .orElseThrow(() -> ProblemException.notFound("task", id));
  }

  Page<Task> list(Caller caller, TaskFilter filter, int limit) {
    return Pages.of(repository.list(database, caller.owner(), filter, limit + 1), limit, Task::id);
  }

  /** Waits until the task ends, at most so long; then gives it as it is. */
  Task await(Caller caller, UUID id, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    try {
      while (true) {
        CompletableFuture<Void> end = finished.await(id);
        Task task = find(caller, id);
        long left = deadline - System.nanoTime();
        if (task.isFinished() || left <= 0) {
          return task;
        }
        try {
          end.get(Math.min(left, OTHER_NODES.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          // looks again: another process may have ended it
        } catch (ExecutionException e) {
          throw new IllegalStateException(e);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return task;
        }
      }
    } finally {
      finished.forget(id);
    }
  }

  Task cancel(Caller caller, UUID id) {
    boolean cancelled =
        database.transaction(
            sql -> {
              if (!jobs.remove(sql, id, caller.owner())) {
                return false;
              }
              repository.cancel(sql, id);
              return true;
            });
    Task task = find(caller, id);
    if (cancelled) {
      poller.interrupt(id);
      finished.announce(id, task.type(), "cancelled");
    } else if (!task.status().equals("cancelled")) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The task has ended as " + task.status() + "; only an unfinished one can be cancelled.");
    }
    return task;
  }

  Task retry(Caller caller, UUID id) {
    Instant now = clock.instant();
    boolean reset =
        database.transaction(
            sql -> {
              var row = repository.reset(sql, caller.owner(), id, now);
              row.ifPresent(
                  task ->
                      jobs.add(
                          sql,
                          id,
                          caller.owner(),
                          task.getString("type"),
                          task.getShort("priority"),
                          now));
              return row.isPresent();
            });
    Task task = find(caller, id);
    if (!reset) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The task is " + task.status() + "; only a finished one can be run again.");
    }
    poller.wake();
    return task;
  }

  String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
