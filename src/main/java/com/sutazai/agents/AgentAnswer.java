package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.usage.UsageRow;
import java.util.List;

/** How a task went. */
public sealed interface AgentAnswer {
  /**
   * Done.
   *
   * @param result what the task's {@code result} becomes
   * @param usage of models; counted with the result, if that is stored
   */
  record Done(JsonNode result, List<UsageRow> usage) implements AgentAnswer {
    public Done {
      usage = List.copyOf(usage);
    }

    /** Done without a model. */
    public Done(JsonNode result) {
      this(result, List.of());
    }
  }

  /**
   * Not done.
   *
   * @param code stable name of the reason
   * @param retryable whether another try may work
   */
  record Failed(String code, String detail, boolean retryable) implements AgentAnswer {}
}
