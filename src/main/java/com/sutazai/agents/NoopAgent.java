package com.sutazai.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Runs tasks of type {@code noop}: does nothing, to measure the way there and back. */
@Singleton
class NoopAgent implements BuiltInAgent {
  @Override
  public String name() {
    return "noop";
  }

  @Override
  public String type() {
    return "measurement";
  }

  @Override
  public List<String> capabilities() {
    return List.of("noop");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of("noop");
  }

  @Override
  public int concurrency() {
    return 1000;
  }

  @Override
  public AgentAnswer run(AgentCall call) {
    return new AgentAnswer.Done(JsonNodeFactory.instance.objectNode());
  }
}
