package com.sutazai.tasks.orchestration;

import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentAnswer.Failed;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.agents.BuiltInAgents.Desk;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.queue.Seats;
import com.sutazai.tasks.SubmitTask;
import com.sutazai.tasks.Task;
import com.sutazai.tasks.Tasks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A task that an agent hands on as a task of its own. It is submitted once for the agent's task,
 * however often that is tried, and cancelled with it, or when its last try has used up its time.
 */
@ApplicationScoped
class HandedOn {
  /** An agent past this share of what it runs at once is given nothing more. */
  static final double MOST_LOAD = 0.9;

  private static final Duration LOOKED_AFTER = Duration.ofSeconds(30);

  private final Tasks tasks;
  private final BuiltInAgents agents;
  private final Seats seats;

  HandedOn(Tasks tasks, BuiltInAgents agents, Seats seats) {
    this.tasks = tasks;
    this.agents = agents;
    this.seats = seats;
  }

  /** Why none of those who could do it is given it now; empty when one has room. */
  Optional<AgentAnswer> overload(SubmitTask ask, @Nullable UUID onlyAgent) {
    List<String> capabilities =
        ask.requiredCapabilities() == null ? List.of() : ask.requiredCapabilities();
    List<Desk> able = agents.able(String.valueOf(ask.type()), capabilities, onlyAgent);
    if (able.isEmpty() || able.stream().anyMatch(desk -> desk.load() <= MOST_LOAD)) {
      return Optional.empty();
    }
    String loads =
        able.stream()
            .map(desk -> String.format(Locale.ROOT, "%s %.2f", desk.agent().name(), desk.load()))
            .collect(Collectors.joining(", "));
    return Optional.of(
        new Failed(
            "agents_overloaded",
            "All agents that could take it are past " + MOST_LOAD + " of their load: " + loads,
            true));
  }

  /**
   * Submits the task for that of the call, unless an earlier try did. One that did not complete is
   * run again when somebody has that of the call run again.
   */
  UUID submit(AgentCall call, SubmitTask ask) {
    Caller caller = call.caller();
    Tasks.Accepted accepted = tasks.submitFor(caller, ask, call.taskId());
    UUID id = accepted.id();
    if (accepted.replayed() && call.attempt() == 1) {
      Task task = tasks.find(caller, id);
      if (task.isFinished() && !task.status().equals(Task.COMPLETED)) {
        tasks.retryFor(caller, id);
      }
    }
    return id;
  }

  /**
   * Waits until it has ended, and takes no worker from it meanwhile. An interrupt cancels it, if
   * the task of the call was cancelled or is given up.
   */
  Task await(AgentCall call, UUID id) throws InterruptedException {
    return seats.leftFor(() -> awaitEnd(call, id));
  }

  /** An interrupt that comes while the database is asked is one all the same. */
  private Task look(Caller caller, UUID id) throws InterruptedException {
    try {
      return tasks.awaitEnd(caller, id, LOOKED_AFTER);
    } catch (ProblemException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw e;
    }
  }

  private boolean isOver(AgentCall call) {
    return call.givenUp().getAsBoolean()
        || tasks.find(call.caller(), call.taskId()).status().equals(Task.CANCELLED);
  }

  private Task awaitEnd(AgentCall call, UUID id) throws InterruptedException {
    Caller caller = call.caller();
    try {
      Task task = look(caller, id);
      while (!task.isFinished()) {
        task = look(caller, id);
      }
      return task;
    } catch (InterruptedException e) {
      if (isOver(call)) {
        tasks.cancelIfUnfinished(caller, id);
      }
      throw e;
    }
  }
}
