package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.gateway.batch.BatchTasks.Slice;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Asks the lines of batches, few at once, so that it slows nobody down who waits. */
@Singleton
class LinesAgent implements BuiltInAgent {
  private final Slices slices;
  private final BatchesConfig config;

  LinesAgent(Slices slices, BatchesConfig config) {
    this.slices = slices;
    this.config = config;
  }

  @Override
  public String name() {
    return "batch-lines";
  }

  @Override
  public String type() {
    return "batch";
  }

  @Override
  public List<String> capabilities() {
    return List.of(BatchTasks.LINES);
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of(BatchTasks.LINES);
  }

  @Override
  public boolean reserved() {
    return true;
  }

  /** A slice asks one line at a time, so this many lines are asked at once. */
  @Override
  public int concurrency() {
    return config.concurrency();
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    slices.run(Slice.from(call.payload()), call.taskId());
    return new AgentAnswer.Done(JsonNodeFactory.instance.objectNode());
  }
}
