package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;

/** How a task went. */
public sealed interface AgentAnswer {
  /** Done, with what the task's {@code result} becomes. */
  record Done(JsonNode result) implements AgentAnswer {}

  /**
   * Not done.
   *
   * @param code stable name of the reason
   * @param retryable whether another try may work
   */
  record Failed(String code, String detail, boolean retryable) implements AgentAnswer {}
}
