package com.sutazai.tasks.orchestration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentAnswer.Done;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Agents;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.agents.Strategy;
import com.sutazai.platform.caller.Caller;
import com.sutazai.tasks.Tasks;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/**
 * Tells how the caller's queue is ({@code queue_statistics}) and changes how agents are chosen
 * ({@code set_strategy} with {@code {strategy}}, for admins). Its row's config holds the choice.
 */
@Singleton
class CoordinatorAgent implements BuiltInAgent {
  private static final String STATISTICS = "queue_statistics";
  private static final String SET_STRATEGY = "set_strategy";

  /** Guide 5.2. */
  private static final int AT_ONCE = 10;

  private final Tasks tasks;
  private final Agents agents;
  private final BuiltInAgents builtIns;
  private final ObjectMapper json;

  CoordinatorAgent(Tasks tasks, Agents agents, BuiltInAgents builtIns, ObjectMapper json) {
    this.tasks = tasks;
    this.agents = agents;
    this.builtIns = builtIns;
    this.json = json;
  }

  @Override
  public String name() {
    return BuiltInAgents.COORDINATOR;
  }

  @Override
  public String type() {
    return "task";
  }

  @Override
  public List<String> capabilities() {
    return List.of("task_assignment", "load_balancing", "priority_management", "queue_management");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of(STATISTICS, SET_STRATEGY);
  }

  @Override
  public int concurrency() {
    return AT_ONCE;
  }

  @Override
  public AgentAnswer run(AgentCall call) {
    JsonNode payload = call.payload();
    Caller caller = Caller.of(call.owner());
    if (call.taskType().equals(STATISTICS)) {
      Asked.onlyFields(payload, Set.of());
    } else {
      Asked.onlyFields(payload, Set.of("strategy"));
      agents.use(caller, Strategy.of("payload.strategy", Asked.required(payload, "strategy")));
    }
    ObjectNode result =
        call.taskType().equals(STATISTICS)
            ? json.valueToTree(tasks.statistics(caller))
            : json.createObjectNode();
    return new Done(result.put("strategy", builtIns.strategy().word()));
  }
}
