package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.caller.Caller;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One task in the hands of an agent.
 *
 * @param caller for whom it runs, with the rights of who submitted it
 * @param attempt 1 for the first try
 * @param agent that the task is for, where it has to be a certain one
 * @param progress where the agent may say how far it is
 * @param timeout that one try may take
 * @param givenUp whether that time is over and no other try follows: nobody waits for what the
 *     agent has begun elsewhere
 */
public record AgentCall(
    UUID taskId,
    Caller caller,
    String taskType,
    JsonNode payload,
    int attempt,
    @Nullable UUID agent,
    Progress progress,
    Duration timeout,
    BooleanSupplier givenUp) {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** A call that may take as long as any task. */
  public AgentCall(
      UUID taskId,
      Caller caller,
      String taskType,
      JsonNode payload,
      int attempt,
      @Nullable UUID agent,
      Progress progress) {
    this(taskId, caller, taskType, payload, attempt, agent, progress, LONGEST, () -> false);
  }

  /** A call that any agent may take. */
  public AgentCall(
      UUID taskId, UUID owner, String taskType, JsonNode payload, int attempt, Progress progress) {
    this(taskId, Caller.of(owner), taskType, payload, attempt, null, progress);
  }

  /** A call whose progress nobody wants to know. */
  public AgentCall(UUID taskId, UUID owner, String taskType, JsonNode payload, int attempt) {
    this(taskId, owner, taskType, payload, attempt, Progress.NONE);
  }

  /** To whom the task belongs. */
  public UUID owner() {
    return caller.owner();
  }

  /** Says how far it is, such as {@code (0.4, "page 4 of 10")}. */
  public void progress(double fraction, String message) {
    progress.report(fraction, message);
  }
}
