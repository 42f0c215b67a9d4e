package com.sutazai.agents;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.Inference;
import com.sutazai.inference.Inference.Charged;
import com.sutazai.inference.usage.UsageRecorder;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Scope;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs tasks of type {@code prompt} for the agents of callers: fills the agent's template with the
 * payload and asks its model. The result is that of a task of type {@code inference}.
 */
@Singleton
class PromptAgent implements BuiltInAgent {
  private final KnownAgents known;
  private final PromptAgents agents;
  private final Inference inference;
  private final UsageRecorder usage;
  private final ObjectMapper json;

  PromptAgent(
      KnownAgents known,
      PromptAgents agents,
      Inference inference,
      UsageRecorder usage,
      ObjectMapper json) {
    this.known = known;
    this.agents = agents;
    this.inference = inference;
    this.usage = usage;
    this.json = json;
  }

  @Override
  public String name() {
    return "prompt-runner";
  }

  @Override
  public String type() {
    return "prompt_runner";
  }

  @Override
  public List<String> capabilities() {
    return List.of(PromptAgents.TYPE);
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of(PromptAgents.TYPE);
  }

  @Override
  public boolean runsForOthers() {
    return true;
  }

  @Override
  public Set<Scope> scopes(String taskType) {
    return Set.of(Scope.MODELS_USE);
  }

  @Override
  public int concurrency() {
    return inference.maxConcurrent();
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Caller caller = call.caller();
    Optional<Agent> agent = Optional.ofNullable(call.agent()).flatMap(id -> known.get(caller, id));
    if (agent.isEmpty()) {
      return new AgentAnswer.Failed("agent_deleted", "The agent of this task was deleted.", false);
    }
    PromptConfig config = PromptConfig.of(agents.config(agent.get()));
    String prompt;
    try {
      prompt = config.template().text(call.payload());
    } catch (PromptTemplate.Unfilled e) {
      return new AgentAnswer.Failed(
          "invalid_payload",
          "payload does not fill the template of agent "
              + agent.get().name()
              + ": "
              + e.getMessage(),
          false);
    }
    Charged charged = inference.completeForTask(caller, config.prompt(prompt));
    return new AgentAnswer.Done(
        json.valueToTree(charged.answer()), charged.usage(usage, call.owner()));
  }
}
