package com.sutazai.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.sql.Database;
import com.sutazai.queue.Job;
import com.sutazai.queue.JobHandler;
import com.sutazai.queue.Jobs;
import com.sutazai.security.key.KeyModels;
import com.sutazai.tasks.TaskRepository.Completion;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs claimed tasks: finds an agent, lets it work within the time limit, stores how it went in one
 * transaction. A task whose quota is used up goes back to wait, and that try does not count.
 */
@ApplicationScoped
class TaskRunner implements JobHandler {
  private static final Logger LOG = Logger.getLogger(TaskRunner.class);
  private static final Task.Failure PROCESS_DIED =
      new Task.Failure("process_died", "The process died during every try.");
  private static final Duration LONGEST_OUTAGE = Duration.ofSeconds(20);
  private static final Duration OUTAGE_PAUSE = Duration.ofMillis(500);

  /** Limits may be changed: a task whose quota is used up looks again after this. */
  private static final Duration LONGEST_QUOTA_PAUSE = Duration.ofSeconds(60);

  private static final Duration ALL_BUSY_PAUSE = Duration.ofMillis(200);

  /** Characters of a result that may wait for its commit beside those of all other seats. */
  private static final int SHORT_RESULT = 16 << 10;

  private static final Runnable NOTHING = () -> {};

  private final BuiltInAgents agents;
  private final Jobs jobs;
  private final TaskRepository repository;
  private final Database database;
  private final Completions completions;
  private final Finished finished;
  private final Retries retries;
  private final ProgressReports reports;
  private final KeyModels models;
  private final TasksConfig config;
  private final TaskMetrics metrics;
  private final ObjectMapper json;
  private final Deadlines deadlines = new Deadlines();

  TaskRunner(
      BuiltInAgents agents,
      Jobs jobs,
      TaskRepository repository,
      Database database,
      Completions completions,
      Finished finished,
      Retries retries,
      ProgressReports reports,
      KeyModels models,
      TasksConfig config,
      TaskMetrics metrics,
      ObjectMapper json) {
    this.agents = agents;
    this.jobs = jobs;
    this.repository = repository;
    this.database = database;
    this.finished = finished;
    this.retries = retries;
    this.reports = reports;
    this.models = models;
    this.config = config;
    this.metrics = metrics;
    this.json = json;
    this.completions = completions;
  }

  @Override
  public Set<String> types() {
    return agents.taskTypes();
  }

  @Override
  public Map<String, Integer> room() {
    return agents.room();
  }

  @Override
  public Optional<String> agentType(String type) {
    return agents.typeOf(type);
  }

  @Override
  public List<Work> begin(List<Job> claimed) {
    Map<UUID, Job> byTask = new HashMap<>();
    claimed.forEach(job -> byTask.put(job.taskId(), job));
    List<Work> work = new ArrayList<>();
    for (Row row :
        repository.load(database, List.copyOf(byTask.keySet()), claimed.getFirst().lease())) {
      Job job = byTask.get(row.getUUID("id"));
      if (job != null) {
        work.add(new Work(job, begin(Claimed.from(row, job))));
      }
    }
    return work;
  }

  /** The agent's seat is taken here, before the next claim asks how many are free. */
  private Supplier<Runnable> begin(Claimed task) {
    if (task.attempt() > task.maxRetries() + 1) {
      return () -> () -> fail(task, PROCESS_DIED, true, null);
    }
    return agents
        .take(
            task.job().type(),
            task.requiredCapabilities(),
            task.agentId(),
            task.attempt() > 1 ? task.job().taskId() : null)
        .<Supplier<Runnable>>map(desk -> () -> run(task, desk))
        .orElse(() -> () -> jobs.handBack(task.job(), ALL_BUSY_PAUSE));
  }

  /** A seat at an agent for a task that is about to be stored; either begins or is left. */
  record Seat(NewTask task, BuiltInAgents.Desk desk) {
    void leave() {
      desk.leave();
    }
  }

  /** A seat for the task at the least loaded agent that serves it; empty when all are busy. */
  Optional<Seat> seat(NewTask task) {
    return agents
        .take(task.type(), task.requiredCapabilities(), task.requiredAgent(), null)
        .map(desk -> new Seat(task, desk));
  }

  /** The work on a task that was stored as claimed just now. */
  Work begin(Seat seat, UUID lease) {
    Job job = new Job(seat.task().id(), seat.task().type(), lease);
    Claimed task = Claimed.from(seat.task(), job);
    BuiltInAgents.Desk desk = seat.desk();
    long stored = System.nanoTime();
    return new Work(job, () -> run(task.after(Duration.ofNanos(System.nanoTime() - stored)), desk));
  }

  /**
   * A task in hand.
   *
   * @param payload null while it waits and the payload is a long one
   */
  private record Claimed(
      Job job,
      UUID owner,
      boolean byAdmin,
      @Nullable UUID keyId,
      @Nullable UUID agentId,
      int attempt,
      int maxRetries,
      Duration timeout,
      List<String> requiredCapabilities,
      @Nullable String payload,
      Duration waited) {
    static Claimed from(Row row, Job job) {
      return new Claimed(
          job,
          row.getUUID("owner_id"),
          row.getBoolean("by_admin"),
          row.getUUID("key_id"),
          row.getUUID("agent_id"),
          row.getInteger("attempt"),
          row.getInteger("max_retries"),
          Duration.ofSeconds(row.getInteger("timeout_seconds")),
          List.of(row.getArrayOfStrings("required_capabilities")),
          row.getString("payload"),
          Duration.between(row.getOffsetDateTime("run_at"), row.getOffsetDateTime("started_at")));
    }

    static Claimed from(NewTask task, Job job) {
      boolean isShort = task.payload().length() <= TaskRepository.SHORT_PAYLOAD;
      return new Claimed(
          job,
          task.owner(),
          task.byAdmin(),
          task.keyId(),
          task.requiredAgent(),
          1,
          task.maxRetries(),
          Duration.ofSeconds(task.timeoutSeconds()),
          task.requiredCapabilities(),
          isShort ? task.payload() : null,
          Duration.ZERO);
    }

    Claimed after(Duration newWaited) {
      return new Claimed(
          job,
          owner,
          byAdmin,
          keyId,
          agentId,
          attempt,
          maxRetries,
          timeout,
          requiredCapabilities,
          payload,
          newWaited);
    }

    boolean lastTry() {
      return attempt > maxRetries;
    }
  }

  /** Lets the agent work; what it answers stores how that went. */
  private Runnable run(Claimed task, BuiltInAgents.Desk desk) {
    AgentAnswer answer;
    try {
      answer = desk.run(() -> measured(desk, task, payload(task)));
    } catch (InterruptedException e) {
      return NOTHING; // cancelled, or the lease was lost: whoever did that has stored the outcome
    } catch (ProblemException quota) {
      Duration pause = pauseFor(quota);
      return () -> patiently(() -> jobs.handBack(task.job(), pause));
    }
    return switch (answer) {
      case AgentAnswer.Done done -> completion(task, done, desk);
      case AgentAnswer.Failed failed -> () -> failOrRetry(task, failed, desk);
    };
  }

  /** A long payload is read by who works on it, so that no more of them are held than workers. */
  private String payload(Claimed task) throws InterruptedException {
    String payload = task.payload();
    if (payload != null) {
      return payload;
    }
    return repository
        .payload(database, task.job())
        .orElseThrow(() -> new InterruptedException("The lease was lost"));
  }

  private static Duration pauseFor(ProblemException quota) {
    Duration wait = quota.retryAfter();
    return wait == null || wait.compareTo(LONGEST_QUOTA_PAUSE) > 0 ? LONGEST_QUOTA_PAUSE : wait;
  }

  private AgentAnswer measured(BuiltInAgents.Desk desk, Claimed task, String payload)
      throws InterruptedException {
    long start = System.nanoTime();
    AgentAnswer answer = ask(desk, task, payload);
    Duration ran = Duration.ofNanos(System.nanoTime() - start);
    boolean completed = answer instanceof AgentAnswer.Done;
    desk.ended(ran, completed);
    metrics.agentRan(desk.agent().name(), task.waited(), ran, completed ? "completed" : "failed");
    return answer;
  }

  private Caller caller(Claimed task) {
    return Caller.of(task.owner(), task.byAdmin())
        .with(task.keyId())
        .allowing(models.of(task.keyId()));
  }

  private AgentAnswer ask(BuiltInAgents.Desk desk, Claimed task, String payload)
      throws InterruptedException {
    try (Deadlines.Deadline deadline = deadlines.start(task.timeout());
        ProgressReports.Try progress = reports.of(task.job())) {
      try {
        return desk.agent()
            .run(
                new AgentCall(
                    task.job().taskId(),
                    caller(task),
                    task.job().type(),
                    json.readTree(payload),
                    task.attempt(),
                    task.agentId(),
                    progress,
                    task.timeout(),
                    () -> task.lastTry() && deadline.passed()));
      } catch (InterruptedException e) {
        if (deadline.passed()) {
          return timedOut(task);
        }
        throw e;
      } catch (ProblemException e) {
        if (deadline.passed()) {
          return timedOut(task);
        }
        stopIfInterrupted();
        if (e.code() == ErrorCode.QUOTA_EXCEEDED) {
          throw e;
        }
        boolean retryable = e.code().retryable();
        return new AgentAnswer.Failed(e.code().code(), e.detail(), retryable);
      } catch (JsonProcessingException | RuntimeException e) {
        if (deadline.passed()) {
          return timedOut(task);
        }
        stopIfInterrupted();
        LOG.errorf(e, "Agent %s failed on task %s", desk.agent().name(), task.job().taskId());
        return new AgentAnswer.Failed(
            ErrorCode.INTERNAL.code(), "The agent failed unexpectedly.", true);
      }
    }
  }

  /**
   * An interrupt that came inside a call is the reason why that failed, and no fault of the task.
   */
  private static void stopIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static AgentAnswer timedOut(Claimed task) {
    return new AgentAnswer.Failed(
        "timeout",
        "It took longer than timeout_seconds (" + task.timeout().toSeconds() + ").",
        true);
  }

  /** A long result keeps its worker until it is stored, so that few of them are held at once. */
  private Runnable completion(Claimed task, AgentAnswer.Done done, BuiltInAgents.Desk desk) {
    String result;
    try {
      result =
          Check.document(
              "result",
              done.result().toString(),
              (int) config.maxPayload().asLongValue(),
              "sutazai.tasks.max-payload");
    } catch (ProblemException unstorable) {
      var failure = new Task.Failure(unstorable.code().code(), unstorable.detail());
      return () -> fail(task, failure, false, desk);
    }
    var completion =
        new Completion(
            task.job().taskId(),
            task.job().lease(),
            result,
            rowOf(desk),
            nameOf(desk),
            done.usage());
    if (result.length() > SHORT_RESULT) {
      complete(task, completion);
      return NOTHING;
    }
    return () -> complete(task, completion);
  }

  private void complete(Claimed task, Completion completion) {
    boolean stored = patiently(() -> completions.store(completion));
    if (stored) {
      finished.announce(task.job().taskId(), task.job().type(), "completed");
    }
  }

  private void failOrRetry(Claimed task, AgentAnswer.Failed failed, BuiltInAgents.Desk desk) {
    var failure = new Task.Failure(failed.code(), failed.detail());
    if (!failed.retryable() || task.lastTry()) {
      fail(task, failure, failed.retryable(), desk);
      return;
    }
    agents.tryElsewhere(task.job().taskId(), desk);
    Duration pause = retries.pauseAfter(task.attempt());
    patiently(() -> repository.again(database, task.job(), failure, pause));
  }

  private void fail(
      Claimed task, Task.Failure failure, boolean dead, BuiltInAgents.@Nullable Desk desk) {
    boolean stored =
        patiently(
            () ->
                repository.fail(
                    database,
                    task.job(),
                    failure,
                    dead,
                    desk == null ? null : rowOf(desk),
                    desk == null ? null : nameOf(desk)));
    if (stored) {
      finished.announce(task.job().taskId(), task.job().type(), "failed");
    }
  }

  /** Null where the task keeps the agent that it has. */
  private static @Nullable UUID rowOf(BuiltInAgents.Desk desk) {
    return desk.agent().runsForOthers() ? null : desk.id();
  }

  private static @Nullable String nameOf(BuiltInAgents.Desk desk) {
    return desk.agent().runsForOthers() ? null : desk.agent().name();
  }

  /**
   * A result may have cost a model minutes: while the lease can still hold it is worth more than
   * one try to store it. The lease in each statement makes a second one harmless.
   */
  private static boolean patiently(BooleanSupplier store) {
    long deadline = System.nanoTime() + LONGEST_OUTAGE.toNanos();
    while (true) {
      try {
        return store.getAsBoolean();
      } catch (ProblemException unavailable) {
        if (!unavailable.code().isOutage() || System.nanoTime() >= deadline) {
          throw unavailable;
        }
      }
      try {
        Thread.sleep(OUTAGE_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
