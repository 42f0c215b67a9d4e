package com.sutazai.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Sql;
import com.sutazai.queue.Poller;
import com.sutazai.tasks.OwnTasks.Cancelled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are steps of something larger. They belong to its owner and are tasks like others;
 * whoever leaves them does so in a transaction of its own.
 */
@ApplicationScoped
public class StepTasks {
  private final Tasks tasks;
  private final Intake intake;
  private final TaskRepository repository;
  private final OwnTasks ownTasks;
  private final StepEnds ends;
  private final Poller poller;
  private final TasksConfig config;

  StepTasks(
      Tasks tasks,
      Intake intake,
      TaskRepository repository,
      OwnTasks ownTasks,
      StepEnds ends,
      Poller poller,
      TasksConfig config) {
    this.tasks = tasks;
    this.intake = intake;
    this.repository = repository;
    this.ownTasks = ownTasks;
    this.ends = ends;
    this.poller = poller;
    this.config = config;
  }

  /** A task as it is asked for; null is the default of tasks. */
  public record Ask(
      @Nullable String type,
      @Nullable JsonNode payload,
      @Nullable String agentId,
      @Nullable List<String> requiredCapabilities,
      @Nullable Integer priority,
      @Nullable Integer timeoutSeconds,
      @Nullable Integer maxRetries) {
    private SubmitTask task() {
      return new SubmitTask(
          type,
          payload,
          agentId,
          priority,
          requiredCapabilities,
          timeoutSeconds,
          maxRetries,
          null,
          null,
          null,
          null);
    }
  }

  /** A task that may be left: all of it is within its bounds. */
  public static final class Checked {
    private final NewTask task;

    private Checked(NewTask task) {
      this.task = task;
    }

    public UUID id() {
      return task.id();
    }

    public String type() {
      return task.type();
    }

    /** JSON text. */
    public String payload() {
      return task.payload();
    }

    /** The agent that has to run it; null where any may that can. */
    public @Nullable UUID requiredAgent() {
      return task.requiredAgent();
    }

    public List<String> requiredCapabilities() {
      return task.requiredCapabilities();
    }

    public int priority() {
      return task.priority();
    }

    public int timeoutSeconds() {
      return task.timeoutSeconds();
    }

    public int maxRetries() {
      return task.maxRetries();
    }
  }

  /**
   * Checks a task by the rules for all tasks, long before it is left.
   *
   * @param at where it stands in a body, to name fields with; such as {@code steps[2].}
   */
  public Checked checked(Caller caller, Ask ask, String at) {
    return new Checked(intake.checked(caller, ask.task(), Instant.EPOCH, at));
  }

  /**
   * Checks a task that is to be left now. Whether somebody serves its type was seen by {@link
   * #checked}: if nobody is there at the moment, it waits.
   *
   * @param now the database's time
   */
  public Checked checkedAgain(Caller caller, Ask ask, Instant now) {
    return new Checked(intake.checkedAgain(caller, ask.task(), now));
  }

  /** Most bytes of a payload, and of a result. */
  public long mostBytes() {
    return config.maxPayload().asLongValue();
  }

  /** Refuses tasks past the bounds of their type or owner: 503 {@code queue_full}. */
  public void requireRoom(Caller caller, List<Checked> checked) {
    intake.requireRoom(caller, stored(checked));
  }

  /** Stores the tasks in the transaction at hand; {@link #left} is for after its commit. */
  public void leave(Sql sql, List<Checked> checked) {
    checked.forEach(each -> ends.expect(each.id()));
    tasks.store(sql, stored(checked));
  }

  /** Says that the tasks were committed. */
  public void left(Caller caller, List<Checked> checked) {
    if (!checked.isEmpty()) {
      intake.accepted(caller, stored(checked));
      poller.wake();
    }
  }

  private static List<NewTask> stored(List<Checked> checked) {
    return checked.stream().map(each -> each.task).toList();
  }

  /**
   * Cancels those of the owner's tasks that have not ended, in the transaction at hand; {@link
   * #announce} is for after its commit.
   */
  public List<Cancelled> cancel(Sql sql, UUID owner, List<UUID> ids) {
    return OwnTasks.cancelled(repository.cancelAll(sql, owner, ids));
  }

  /** Says that the tasks were cancelled: whoever works on one stops, here or elsewhere. */
  public void announce(List<Cancelled> cancelled) {
    ownTasks.announce(cancelled);
  }
}
