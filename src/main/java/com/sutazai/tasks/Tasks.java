package com.sutazai.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.cache.Changes;
import com.sutazai.cache.Tags;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.GroupCommit;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Poller;
import com.sutazai.tasks.IdempotencyKeys.Answer;
import com.sutazai.tasks.IdempotencyKeys.Key;
import com.sutazai.tasks.TaskLists.TaskFilter;
import com.sutazai.tasks.callback.Callbacks;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Accepts tasks, tells how they are, ends them. What is accepted is committed together with its
 * job.
 */
@ApplicationScoped
public class Tasks {
  private static final Duration OTHER_NODES = Duration.ofSeconds(1);
  private static final Duration MEASURED = Duration.ofHours(1);
  private static final int MOST_MEASURED = 1_000;
  private static final int LANES = 2;
  private static final int MOST_TOGETHER = 200;
  private static final long MOST_BYTES_TOGETHER = 8 << 20;

  private final Database database;
  private final TaskRepository repository;
  private final TaskLists lists;
  private final Intake intake;
  private final Poller poller;
  private final IdempotencyKeys keys;
  private final Dependencies dependencies;
  private final TaskLinks links;
  private final Callbacks callbacks;
  private final Finished finished;
  private final Storage storage;
  private final Changes changes;
  private final InstantSource clock;
  private final ObjectMapper json;
  private final IntakeClaims claims;

  /** Tells of each task whether it has begun. */
  private final GroupCommit<NewTask, Boolean> submissions;

  Tasks(
      Database database,
      TaskRepository repository,
      TaskLists lists,
      Intake intake,
      Poller poller,
      IdempotencyKeys keys,
      Dependencies dependencies,
      TaskLinks links,
      Callbacks callbacks,
      Finished finished,
      Storage storage,
      Changes changes,
      IntakeClaims claims,
      InstantSource clock,
      ObjectMapper json) {
    this.database = database;
    this.repository = repository;
    this.lists = lists;
    this.intake = intake;
    this.poller = poller;
    this.keys = keys;
    this.dependencies = dependencies;
    this.links = links;
    this.callbacks = callbacks;
    this.finished = finished;
    this.storage = storage;
    this.changes = changes;
    this.claims = claims;
    this.clock = clock;
    this.json = json;
    submissions =
        new GroupCommit<>(
            LANES,
            MOST_TOGETHER,
            MOST_BYTES_TOGETHER,
            task -> task.payload().length(),
            this::storeAndBegin);
  }

  private List<Boolean> storeAndBegin(List<NewTask> tasks) {
    try (IntakeClaims.Batch batch = claims.claim(tasks)) {
      store(batch);
      Set<UUID> begun = batch.begin();
      return tasks.stream().map(task -> begun.contains(task.id())).toList();
    }
  }

  private void store(IntakeClaims.Batch batch) {
    if (batch.claimed().isEmpty()) {
      store(batch.waiting());
    } else if (batch.waiting().isEmpty()) {
      batch.store(database);
    } else {
      database.transaction(
          sql -> {
            store(sql, batch.waiting());
            batch.store(sql);
            return true;
          });
    }
  }

  /**
   * An accepted task.
   *
   * @param json the task as it was answered first
   * @param replayed whether an idempotency key gave the first answer again
   */
  public record Accepted(UUID id, String json, boolean replayed) {}

  Accepted submit(Caller caller, SubmitTask ask, @Nullable String idempotencyKey) {
    return submit(caller, ask, "POST /api/tasks", idempotencyKey);
  }

  /** Stores the task unless the key was used on this route: then the first answer counts. */
  public Accepted submit(
      Caller caller, SubmitTask ask, String route, @Nullable String idempotencyKey) {
    if (idempotencyKey == null) {
      return storeNew(caller, intake.checked(caller, ask, clock.instant(), ""));
    }
    String checked = Check.text("Idempotency-Key", idempotencyKey, 255);
    Key key = new Key(caller.owner(), route, checked, text(ask));
    return submitOnce(caller, ask, "", key, (sql, task) -> {});
  }

  /** The first answer to a submission, if it was accepted under the key before. */
  public Optional<Accepted> acceptedBefore(
      Caller caller, SubmitTask ask, String route, String idempotencyKey) {
    return first(new Key(caller.owner(), route, idempotencyKey, text(ask)));
  }

  private Optional<Accepted> first(Key key) {
    return keys.find(database, key).map(answer -> new Accepted(firstId(answer), answer, true));
  }

  /** What was accepted before is answered as it was, also if it would be refused now. */
  private Accepted submitOnce(
      Caller caller, SubmitTask ask, String at, Key key, BiConsumer<Sql, NewTask> also) {
    NewTask task;
    try {
      task = intake.checked(caller, ask, clock.instant(), at);
    } catch (ProblemException refused) {
      return first(key).orElseThrow(() -> refused);
    }
    Accepted accepted = storeOnce(caller, task, key, sql -> also.accept(sql, task));
    if (!accepted.replayed()) {
      wakeFor(caller, List.of(task));
    }
    return accepted;
  }

  /** Says that tasks were committed that wait for their turn. */
  private void wakeFor(Caller caller, List<NewTask> tasks) {
    intake.accepted(caller, tasks);
    poller.wake();
  }

  private Accepted storeNew(Caller caller, NewTask task) {
    intake.requireRoom(caller, List.of(task));
    boolean begun = false;
    if (task.dependsOn().isEmpty()) {
      begun = submissions.store(task);
    } else {
      store(List.of(task));
    }
    if (!begun) {
      wakeFor(caller, List.of(task));
    }
    return accepted(task);
  }

  /**
   * Submits a task that another one led to: once, however often the other one is tried.
   *
   * @param from the other task
   */
  public Accepted submitFor(Caller caller, SubmitTask ask, UUID from) {
    Key key = new Key(caller.owner(), "task", from.toString(), text(ask));
    return submitOnce(
        caller,
        ask,
        "payload.",
        key,
        (sql, task) -> links.submitted(sql, caller.owner(), from, task.id()));
  }

  /**
   * The key and the task in one transaction: a second request with the key finds both or neither.
   *
   * @param also what else belongs to the transaction
   */
  private Accepted storeOnce(Caller caller, NewTask task, Key key, Consumer<Sql> also) {
    Answer answer =
        storeOnce(
            caller,
            List.of(task),
            key,
            sql -> {
              also.accept(sql);
              return accepted(task).json();
            });
    UUID id = answer.replayed() ? firstId(answer.json()) : task.id();
    return new Accepted(id, answer.json(), answer.replayed());
  }

  private Answer storeOnce(
      Caller caller, List<NewTask> tasks, Key key, Function<Sql, String> answer) {
    return database.transaction(
        sql ->
            keys.once(
                sql,
                key,
                same -> {
                  intake.requireRoom(caller, tasks);
                  store(same, tasks);
                  return answer.apply(same);
                }));
  }

  private UUID firstId(String answer) {
    try {
      return UUID.fromString(json.readTree(answer).get("id").textValue());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored answer is no JSON", e);
    }
  }

  /** Identifiers in the order of the request. */
  @RegisterForReflection
  record AcceptedTasks(List<UUID> ids) {}

  /** Stores all tasks or none, unless the key was used for them: then the first answer counts. */
  Answer submitAll(Caller caller, List<SubmitTask> asks, @Nullable String idempotencyKey) {
    if (idempotencyKey == null) {
      List<NewTask> tasks = checked(caller, asks);
      intake.requireRoom(caller, tasks);
      store(tasks);
      wakeFor(caller, tasks);
      return new Answer(idsOf(tasks), false);
    }
    String checked = Check.text("Idempotency-Key", idempotencyKey, 255);
    return submitAllOnce(
        caller, asks, new Key(caller.owner(), "POST /api/tasks/bulk", checked, text(asks)));
  }

  private List<NewTask> checked(Caller caller, List<SubmitTask> asks) {
    Instant now = clock.instant();
    return IntStream.range(0, asks.size())
        .mapToObj(i -> intake.checked(caller, asks.get(i), now, "tasks[" + i + "]."))
        .toList();
  }

  private String idsOf(List<NewTask> tasks) {
    return text(new AcceptedTasks(tasks.stream().map(NewTask::id).toList()));
  }

  /** As with one task: what was accepted before is answered so, also if it would be refused now. */
  private Answer submitAllOnce(Caller caller, List<SubmitTask> asks, Key key) {
    List<NewTask> tasks;
    try {
      tasks = checked(caller, asks);
    } catch (ProblemException refused) {
      return keys.find(database, key)
          .map(first -> new Answer(first, true))
          .orElseThrow(() -> refused);
    }
    Answer accepted = storeOnce(caller, tasks, key, sql -> idsOf(tasks));
    if (!accepted.replayed()) {
      wakeFor(caller, tasks);
    }
    return accepted;
  }

  private void store(List<NewTask> tasks) {
    if (tasks.stream().allMatch(NewTask::standsAlone)) {
      store(database, tasks); // one statement is a transaction already
      return;
    }
    database.transaction(
        sql -> {
          store(sql, tasks);
          return true;
        });
  }

  /** Stores checked tasks with all that belongs to them, in the transaction of the caller. */
  public void store(Sql sql, List<NewTask> tasks) {
    repository.submit(sql, tasks);
    callbacks.add(sql, tasks.stream().flatMap(Tasks::callback).toList());
    tasks.stream()
        .filter(task -> !task.dependsOn().isEmpty())
        .forEach(task -> dependencies.add(sql, task));
  }

  private static Stream<Callbacks.Wanted> callback(NewTask task) {
    return Stream.ofNullable(task.callback())
        .map(callback -> new Callbacks.Wanted(task.id(), task.owner(), callback));
  }

  private Accepted accepted(NewTask task) {
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
            null,
            task.createdAt(),
            task.runAt(),
            null,
            null,
            task.expiresAt(),
            false,
            new Task.Timings(null, null),
            Task.Links.of(task.id()),
            Task.change(Task.PENDING, 0, 0, null));
    return new Accepted(task.id(), text(stored), false);
  }

  private record Changed(boolean done, Task task) {}

  /** In one transaction with the look at the task: an answer that fails says so of both. */
  private Changed change(Caller caller, UUID id, Predicate<Sql> change) {
    return database.transaction(sql -> new Changed(change.test(sql), find(sql, caller, id)));
  }

  /** The task, or 404 when the caller has none of this id. */
  public Task find(Caller caller, UUID id) {
    return find(database, caller, id);
  }

  /**
   * The task as it is by now: the same one where nothing has changed, whose payload is not read
   * again then.
   */
  public Task again(Caller caller, Task known) {
    long change =
        repository
            .change(database, caller.owner(), known.id())
            .orElseThrow(() -> ProblemException.notFound("task", known.id()));
    return change == known.change() ? known : find(caller, known.id());
  }

  private Task find(Sql sql, Caller caller, UUID id) {
    return repository
        .find(sql, caller.owner(), id)
        .orElseThrow(() -> ProblemException.notFound("task", id));
  }

  Page<Task> list(Caller caller, TaskFilter filter, int limit) {
    return Pages.of(lists.list(database, caller.owner(), filter, limit + 1), limit, Task::id);
  }

  /**
   * Waits until the task may have changed, at most so long. Its end in this process is noticed at
   * once; all else is up to the caller, who looks again after a short while.
   */
  public void awaitChange(UUID id, Duration wait) throws InterruptedException {
    try (Finished.Wait end = finished.await(id)) {
      end.atMost(wait);
    }
  }

  /** Waits until the task ends, at most so long or until interrupted; then gives it as it is. */
  Task await(Caller caller, UUID id, Duration wait) {
    try {
      return awaitEnd(caller, id, wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return find(caller, id);
    }
  }

  /** Waits until the task ends, at most so long; then gives it as it is. */
  public Task awaitEnd(Caller caller, UUID id, Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      try (Finished.Wait end = finished.await(id)) {
        Task task = find(caller, id);
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (task.isFinished() || !left.isPositive()) {
          return task;
        }
        end.atMost(left.compareTo(OTHER_NODES) < 0 ? left : OTHER_NODES);
      }
    }
  }

  /** Cancels the task and what it submitted, whether or not it is being worked on. */
  Task cancel(Caller caller, UUID id) {
    Changed cancelled = change(caller, id, sql -> repository.cancel(sql, caller.owner(), id));
    Task task = cancelled.task();
    if (cancelled.done()) {
      poller.interrupt(id);
      finished.announce(id, task.type(), "cancelled");
      links
          .submittedBy(database, caller.owner(), id)
          .forEach(each -> cancelIfUnfinished(caller, each));
    } else if (!task.status().equals("cancelled")) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The task has ended as " + task.status() + "; only an unfinished one can be cancelled.");
    }
    return task;
  }

  /** Cancels the task if it has not ended. */
  public void cancelIfUnfinished(Caller caller, UUID id) {
    try {
      cancel(caller, id);
    } catch (ProblemException e) {
      if (e.code() != ErrorCode.WRONG_STATE) {
        throw e;
      }
    }
  }

  /** Runs a task again that has ended, if there is room for it as for a new one. */
  Task retry(Caller caller, UUID id) {
    return retry(caller, id, type -> intake.requireRoom(caller, one(type)));
  }

  /** Runs a task again for another one, which is running: nothing waits that did not before. */
  public Task retryFor(Caller caller, UUID id) {
    storage.requireRoom();
    return retry(caller, id, type -> {});
  }

  private static SequencedMap<String, Long> one(String type) {
    return new LinkedHashMap<>(Map.of(type, 1L));
  }

  private Task retry(Caller caller, UUID id, Consumer<String> requireRoom) {
    Changed reset =
        change(
            caller,
            id,
            sql -> {
              Task task = find(sql, caller, id);
              if (!caller.admin()) {
                intake.requireAllowed(caller, "", task.type());
              }
              if (task.isFinished()) {
                requireRoom.accept(task.type());
              }
              return repository.reset(sql, caller.owner(), id);
            });
    Task task = reset.task();
    if (!reset.done()) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The task is " + task.status() + "; only a finished one can be run again.");
    }
    intake.acceptedAgain(caller, task.type());
    changes.changed(Tags.task(id));
    poller.wake();
    return task;
  }

  /**
   * What became of a wish to run tasks again.
   *
   * @param retried those that wait again
   * @param refused those that have not ended, or that the caller does not have
   */
  @RegisterForReflection
  record Retried(List<UUID> retried, List<UUID> refused) {}

  /** Refuses all when there is no room for those that could run again. */
  Retried retryAll(Caller caller, List<UUID> ids) {
    SequencedMap<String, Long> byType = repository.ended(database, caller.owner(), ids);
    if (!byType.isEmpty()) {
      intake.requireRoom(caller, byType);
    }
    Map<Boolean, List<UUID>> done =
        ids.stream()
            .distinct()
            .collect(
                Collectors.partitioningBy(
                    id -> {
                      try {
                        retry(caller, id, type -> {});
                        return true;
                      } catch (ProblemException e) {
                        if (e.code().status() >= 500) {
                          throw e;
                        }
                        return false;
                      }
                    }));
    return new Retried(done.getOrDefault(true, List.of()), done.getOrDefault(false, List.of()));
  }

  /** The caller's queue as it is, and the times that were measured. */
  public TaskStatistics statistics(Caller caller) {
    Instant now = clock.instant();
    UUID since = Ids.firstOf(now.minus(MEASURED));
    List<Row> rows = repository.statistics(database, caller.owner(), since, MOST_MEASURED);
    return new TaskStatistics(
        now,
        rows.stream()
            .filter(row -> row.getLong("waiting") != null)
            .map(row -> TaskStatistics.OfType.from(row, intake.limit()))
            .toList(),
        rows.stream()
            .filter(row -> row.getLong("samples") != null)
            .map(TaskStatistics.Begun::from)
            .toList());
  }

  String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
