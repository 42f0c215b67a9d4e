package com.sutazai.tasks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.resources.Needs;
import com.sutazai.resources.ResourceType;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Runs {@code needy} tasks, which do nothing and need 1 GB of the disk for it. */
@Singleton
class NeedyAgent implements BuiltInAgent {
  static final long BYTES = 1L << 30;

  @Override
  public String name() {
    return "needy";
  }

  @Override
  public String type() {
    return "test";
  }

  @Override
  public List<String> capabilities() {
    return List.of("needy");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of("needy");
  }

  @Override
  public int concurrency() {
    return 4;
  }

  @Override
  public Needs needs() {
    return Needs.of(ResourceType.DISK, BYTES);
  }

  @Override
  public AgentAnswer run(AgentCall call) {
    return new AgentAnswer.Done(JsonNodeFactory.instance.objectNode());
  }
}
