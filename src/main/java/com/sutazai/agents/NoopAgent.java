package com.sutazai.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Runs tasks of type {@code noop}: does nothing, to measure the way there and back. */
@TaskAgent(
    name = "noop",
    type = "measurement",
    capabilities = "noop",
    taskTypes = "noop",
    concurrency = 1000)
class NoopAgent implements AgentWork {
  @Override
  public AgentAnswer run(AgentCall call) {
    return new AgentAnswer.Done(JsonNodeFactory.instance.objectNode());
  }
}
