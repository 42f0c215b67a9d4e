package com.sutazai.tasks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;

/** Works on {@code step_by_step} tasks as a test tells it to, one step after the other. */
@Singleton
class StepByStepAgent implements BuiltInAgent {
  /** What it does next; {@link #done} ends it. */
  interface Step {
    void take(AgentCall call);
  }

  private final LinkedBlockingQueue<Optional<Step>> steps = new LinkedBlockingQueue<>();

  void next(Step step) {
    steps.add(Optional.of(step));
  }

  void done() {
    steps.add(Optional.empty());
  }

  @Override
  public String name() {
    return "step-by-step";
  }

  @Override
  public String type() {
    return "test";
  }

  @Override
  public List<String> capabilities() {
    return List.of("step_by_step");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of("step_by_step");
  }

  @Override
  public int concurrency() {
    return 1;
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    for (var step = steps.take(); step.isPresent(); step = steps.take()) {
      step.get().take(call);
    }
    return new AgentAnswer.Done(JsonNodeFactory.instance.objectNode());
  }
}
