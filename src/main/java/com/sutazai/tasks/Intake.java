package com.sutazai.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.agents.Agent;
import com.sutazai.agents.Agents;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.agents.PromptAgents;
import com.sutazai.agents.Workers;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.tasks.callback.Callbacks;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides whether a task is taken: each field by its rule, and whether there is room for it. */
@ApplicationScoped
public class Intake {
  private static final int MOST_DEPENDENCIES = 100;

  private final BuiltInAgents builtIns;
  private final Agents agents;
  private final PromptAgents promptAgents;
  private final Workers workers;
  private final Room room;
  private final Callbacks callbacks;
  private final TasksConfig config;
  private final Ids ids;

  Intake(
      BuiltInAgents builtIns,
      Agents agents,
      PromptAgents promptAgents,
      Workers workers,
      Room room,
      Callbacks callbacks,
      TasksConfig config,
      Ids ids) {
    this.builtIns = builtIns;
    this.agents = agents;
    this.promptAgents = promptAgents;
    this.workers = workers;
    this.room = room;
    this.callbacks = callbacks;
    this.config = config;
    this.ids = ids;
  }

  /**
   * The task that was asked for, complete and within its bounds.
   *
   * @param at where it stands in the body, to name fields with; empty for a body of its own
   */
  public NewTask checked(Caller caller, SubmitTask ask, Instant now, String at) {
    return checked(caller, ask, now, at, true);
  }

  /**
   * The same for a task that was found servable before: as one that is stored, it waits for its
   * agent if that is away now.
   */
  NewTask checkedAgain(Caller caller, SubmitTask ask, Instant now) {
    return checked(caller, ask, now, "", false);
  }

  private NewTask checked(
      Caller caller, SubmitTask ask, Instant now, String at, boolean mustBeServed) {
    String type = Check.text(at + "type", ask.type(), 100);
    List<String> capabilities =
        Check.words(at + "required_capabilities", ask.requiredCapabilities());
    if (mustBeServed) {
      requireAllowed(caller, at, type);
    }
    Agent agent = agent(caller, at, type, ask.agentId(), capabilities);
    if (mustBeServed) {
      requireServed(caller, at, type, capabilities, agent);
    }
    Optional<BuiltInAgents.Desk> only =
        agent == null ? builtIns.only(type, capabilities) : Optional.empty();
    JsonNode payload = ask.payload();
    if (payload != null && payload.path("model").isTextual()) {
      caller.allowed().requireModel(payload.get("model").textValue());
    }
    return new NewTask(
        ids.next(),
        caller.owner(),
        caller.admin(),
        caller.keyId(),
        type,
        agent == null ? only.map(BuiltInAgents.Desk::id).orElse(null) : agent.id(),
        agent == null ? only.map(desk -> desk.agent().name()).orElse(null) : agent.name(),
        agent != null,
        Check.range(at + "priority", ask.priority(), 0, 10, 5),
        Check.range(at + "max_retries", ask.maxRetries(), 0, 20, 3),
        Check.range(at + "timeout_seconds", ask.timeoutSeconds(), 1, 86_400, 300),
        capabilities,
        Check.document(
            at + "payload",
            payload == null ? "{}" : payload.toString(),
            (int) config.maxPayload().asLongValue(),
            "sutazai.tasks.max-payload"),
        now,
        runAt(ask.runAt(), now, at),
        expiresAt(ask.expiresAt(), now, at),
        dependsOn(ask.dependsOn(), at),
        ask.callbackUrl() == null
            ? null
            : callbacks.checked(at + "callback_url", ask.callbackUrl()));
  }

  /** The agent that has to run it; null where any may that can. */
  private @Nullable Agent agent(
      Caller caller, String at, String type, @Nullable String asked, List<String> capabilities) {
    UUID id = asked == null ? null : Ids.parse("agent", asked);
    if (type.equals(PromptAgents.TYPE)) {
      return promptAgents.choose(caller, at, id, capabilities);
    }
    return id == null ? null : agents.find(caller, id);
  }

  private static @Nullable Instant expiresAt(@Nullable Instant asked, Instant now, String at) {
    if (asked != null && !asked.isAfter(now)) {
      throw ProblemException.invalid(at + "expires_at", "must lie ahead");
    }
    return asked;
  }

  /** Whether there are such tasks is seen when they are stored. */
  private static List<UUID> dependsOn(@Nullable List<String> asked, String at) {
    if (asked == null) {
      return List.of();
    }
    if (asked.size() > MOST_DEPENDENCIES || asked.contains(null)) {
      throw ProblemException.invalid(
          at + "depends_on", "must be at most " + MOST_DEPENDENCIES + " ids of tasks");
    }
    try {
      return asked.stream().map(id -> Ids.parse("task", id)).distinct().toList();
    } catch (ProblemException e) {
      throw ProblemException.invalid(at + "depends_on", "must be ids of tasks: " + e.detail());
    }
  }

  /** Refuses types that the caller may not have run. */
  void requireAllowed(Caller caller, String at, String type) {
    if (builtIns.isReserved(type)) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN, at + "type " + type + " is for tasks of the program's own.");
    }
    caller.allowed().requireTaskType(type);
    if (builtIns.isForAdmins(type) && !caller.admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          at + "type " + type + " changes things for all owners: only an administrator may do so.");
    }
    for (Scope scope : builtIns.scopes(type)) {
      if (!caller.may(scope)) {
        throw new ProblemException(
            ErrorCode.FORBIDDEN, caller.lacks(scope) + " " + at + "type is " + type + ".");
      }
    }
  }

  private void requireServed(
      Caller caller, String at, String type, List<String> capabilities, @Nullable Agent agent) {
    if (!builtIns.taskTypes().contains(type)) {
      if (workers.canServe(caller.owner(), type, capabilities, agent == null ? null : agent.id())) {
        return;
      }
      throw new ProblemException(
          ErrorCode.UNKNOWN_TASK_TYPE,
          at
              + "type "
              + type
              + " is served by no agent here and by no worker that is heard of; known are "
              + builtIns.taskTypes().stream()
                  .filter(known -> !builtIns.isReserved(known))
                  .sorted()
                  .toList());
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

  /** Refuses tasks past the bounds of their type or owner. */
  public void requireRoom(Caller caller, List<NewTask> tasks) {
    room.require(caller, tasks);
  }

  /** Refuses to let so many tasks of each type wait again, past the bounds of type or owner. */
  void requireRoom(Caller caller, SequencedMap<String, Long> byType) {
    room.require(caller, byType);
  }

  /** Waits for room among the tasks of the type, as guide 5.5 does it: not long, then 503. */
  public void awaitRoom(String type, long limit, Duration longest) throws InterruptedException {
    room.await(type, limit, longest);
  }

  /** Waiting tasks of one type at most. */
  long limit() {
    return config.maxWaitingPerType();
  }

  /** Tasks of the type that wait now. */
  public long waiting(String type) {
    return room.waiting(type);
  }

  /** Counts tasks that were committed. */
  public void accepted(Caller caller, List<NewTask> tasks) {
    room.accepted(caller, tasks);
  }

  /** Counts a task that was committed and waits again. */
  void acceptedAgain(Caller caller, String type) {
    room.again(caller.owner(), type);
  }
}
