package com.sutazai.agents;

import com.sutazai.resources.Needs;
import java.util.List;
import java.util.Set;

/** An agent that lives in this process: a bean that does real work for certain task types. */
public interface BuiltInAgent {
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

  /** How many tasks it runs at once in one process. */
  int concurrency();

  /** What one of its tasks needs of the machine while it runs; asked for before it starts. */
  default Needs needs() {
    return Needs.NONE;
  }

  /**
   * Runs one task on a virtual thread and may block; an interrupt means cancelled or out of time.
   * An exception counts as a failure that a retry may mend.
   */
  AgentAnswer run(AgentCall call) throws InterruptedException;
}
