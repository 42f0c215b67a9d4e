package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Moves batches on from state to state; never waits for a line. */
@Singleton
class StateAgent implements BuiltInAgent {
  private final Validation validation;
  private final Ending ending;

  StateAgent(Validation validation, Ending ending) {
    this.validation = validation;
    this.ending = ending;
  }

  @Override
  public String name() {
    return "batch-states";
  }

  @Override
  public String type() {
    return "batch";
  }

  @Override
  public List<String> capabilities() {
    return List.of(BatchTasks.STATE);
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of(BatchTasks.STATE);
  }

  @Override
  public boolean reserved() {
    return true;
  }

  @Override
  public int concurrency() {
    return 2;
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    UUID batch = UUID.fromString(call.payload().get("batch").textValue());
    switch (BatchTasks.step(call.payload())) {
      case VALIDATE -> validation.run(batch);
      case EXPIRE -> ending.expire(batch);
      case FINISH -> ending.finish(batch);
    }
    return new AgentAnswer.Done(JsonNodeFactory.instance.objectNode());
  }
}
