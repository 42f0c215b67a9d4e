package com.sutazai.agents;

/** What an agent does with a task. */
public interface AgentWork {
  /**
   * Runs one task on a virtual thread and may block; an interrupt means cancelled or out of time.
   * An exception counts as a failure that a retry may mend.
   */
  AgentAnswer run(AgentCall call) throws InterruptedException;
}
