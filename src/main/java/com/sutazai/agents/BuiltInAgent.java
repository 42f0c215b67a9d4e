package com.sutazai.agents;

import com.sutazai.platform.caller.Scope;
import com.sutazai.resources.Needs;
import java.util.List;
import java.util.Set;

/**
 * An agent that lives in this process: a bean that does real work for certain task types. Most need
 * no more than {@link TaskAgent}; this is for those that compute what they say of themselves.
 */
public interface BuiltInAgent extends AgentWork {
  /** Unique among built-in agents; the name of its row. */
  String name();

  /** Kind of agent, such as {@code data}. */
  String type();

  List<String> capabilities();

  /** Task types that it runs. */
  Set<String> taskTypes();

  /** Whether its task types are for the program alone, not for callers to submit. */
  default boolean reserved() {
    return false;
  }

  /** Those of its task types that change things for all owners: only an admin may submit them. */
  default Set<String> adminTaskTypes() {
    return Set.of();
  }

  /**
   * What a caller must be allowed to do, beside leaving tasks, to have one of the type run: what
   * the route needs that answers the same.
   */
  default Set<Scope> scopes(String taskType) {
    return Set.of();
  }

  /**
   * Whether its tasks leave tasks of whatever type their payload names, so that they need all that
   * the types of all agents need.
   */
  default boolean handsOn() {
    return false;
  }

  /** What one of its tasks needs of the machine while it runs; asked for before it starts. */
  default Needs needs() {
    return Needs.NONE;
  }

  /**
   * Whether it runs tasks in the name of agents that callers made. Such a task has its agent from
   * the start, whose capabilities counted then, and keeps it.
   */
  default boolean runsForOthers() {
    return false;
  }

  /** How many tasks it runs at once in one process. */
  int concurrency();
}
