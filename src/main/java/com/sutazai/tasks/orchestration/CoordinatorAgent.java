package com.sutazai.tasks.orchestration;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentAnswer.Done;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.AgentWork;
import com.sutazai.agents.Agents;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.agents.Payload;
import com.sutazai.agents.Strategy;
import com.sutazai.agents.TaskAgent;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Scope;
import com.sutazai.tasks.Tasks;

/**
 * Tells how the caller's queue is ({@code queue_statistics}) and changes how agents are chosen
 * ({@code set_strategy} with {@code {strategy}}, for admins). Its row's config holds the choice.
 */
@TaskAgent(
    name = BuiltInAgents.COORDINATOR,
    type = "task",
    capabilities = {"task_assignment", "load_balancing", "priority_management", "queue_management"},
    taskTypes = {CoordinatorAgent.STATISTICS, CoordinatorAgent.SET_STRATEGY},
    adminTaskTypes = CoordinatorAgent.SET_STRATEGY,
    scopes = Scope.TASKS_READ,
    concurrency = 10)
class CoordinatorAgent implements AgentWork {
  static final String STATISTICS = "queue_statistics";
  static final String SET_STRATEGY = "set_strategy";
  private static final int LONGEST_WORD = 100;

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
  public AgentAnswer run(AgentCall call) {
    Caller caller = call.caller();
    return call.taskType().equals(STATISTICS)
        ? statistics(caller, call)
        : setStrategy(caller, Payload.of(call, "strategy"));
  }

  private AgentAnswer statistics(Caller caller, AgentCall call) {
    Payload.of(call);
    ObjectNode result = json.valueToTree(tasks.statistics(caller));
    return inForce(result);
  }

  private AgentAnswer setStrategy(Caller caller, Payload payload) {
    agents.use(caller, Strategy.of("payload.strategy", payload.required("strategy", LONGEST_WORD)));
    return inForce(json.createObjectNode());
  }

  private AgentAnswer inForce(ObjectNode result) {
    return new Done(result.put("strategy", builtIns.strategy().word()));
  }
}
