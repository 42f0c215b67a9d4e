package com.sutazai.tasks.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.Agent;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentAnswer.Done;
import com.sutazai.agents.AgentAnswer.Failed;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Agents;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.agents.Payload;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.tasks.SubmitTask;
import com.sutazai.tasks.Task;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Hands work to the agent that is fit for it and tells who did it, how long it took and why it
 * failed.
 *
 * <p>{@code orchestrate} takes the fields of a task ({@code type}, {@code payload}, {@code
 * required_capabilities} …; {@code timeout} is {@code timeout_seconds}) and waits for its end.
 * {@code interact} takes {@code {source_agent, target_agent, interaction_type, type?, data?}}, both
 * agents by name or id; a {@code request} waits for the answer, any other is left and accepted.
 */
@Singleton
class OrchestratorAgent implements BuiltInAgent {
  static final String ORCHESTRATE = "orchestrate";
  static final String INTERACT = "interact";

  private static final Set<String> INTERACTIONS =
      Set.of("request", "response", "notification", "error");

  private static final int LONGEST_NAME = 255;

  /** Guide 5.2. */
  private static final int AT_ONCE = 10;

  private final HandedOn handedOn;
  private final Agents agents;
  private final ObjectMapper json;

  OrchestratorAgent(HandedOn handedOn, Agents agents, ObjectMapper json) {
    this.handedOn = handedOn;
    this.agents = agents;
    this.json = json;
  }

  @Override
  public String name() {
    return "ai-agent-orchestrator";
  }

  @Override
  public String type() {
    return "orchestration";
  }

  @Override
  public List<String> capabilities() {
    return List.of("orchestration", "task_routing", "conflict_resolution", "agent_coordination");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of(ORCHESTRATE, INTERACT);
  }

  @Override
  public boolean handsOn() {
    return true;
  }

  @Override
  public int concurrency() {
    return AT_ONCE;
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    return call.taskType().equals(INTERACT) ? interact(call) : orchestrate(call);
  }

  private AgentAnswer orchestrate(AgentCall call) throws InterruptedException {
    Payload.of(
        call,
        "type",
        "payload",
        "agent_id",
        "required_capabilities",
        "priority",
        "timeout",
        "timeout_seconds",
        "max_retries");
    ObjectNode fields = call.payload().deepCopy();
    if (fields.has("timeout")) {
      if (fields.has("timeout_seconds")) {
        throw ProblemException.invalid(
            "payload.timeout", "is another word for timeout_seconds: leave one of them out");
      }
      fields.set("timeout_seconds", fields.remove("timeout"));
    }
    SubmitTask ask = Asked.task(json, fields);
    return handOn(call, ask, true, json.createObjectNode());
  }

  private AgentAnswer interact(AgentCall call) throws InterruptedException {
    Payload payload =
        Payload.of(call, "source_agent", "target_agent", "interaction_type", "type", "data");
    String kind = Optional.ofNullable(payload.text("interaction_type")).orElse("request");
    if (!INTERACTIONS.contains(kind)) {
      throw ProblemException.invalid(
          "payload.interaction_type", "must be one of " + INTERACTIONS.stream().sorted().toList());
    }
    Caller caller = call.caller();
    Agent source = agent(caller, payload, "source_agent");
    Agent target = agent(caller, payload, "target_agent");
    ObjectNode fields = json.createObjectNode();
    fields.put("type", taskType(target, payload.text("type")));
    fields.put("agent_id", target.id().toString());
    JsonNode data = payload.json("data");
    if (data != null) {
      fields.set("payload", data);
    }
    ObjectNode told = json.createObjectNode();
    told.put("interaction_id", call.taskId().toString());
    told.put("interaction_type", kind);
    told.put("source_agent", source.name());
    told.put("target_agent", target.name());
    return handOn(call, Asked.task(json, fields), kind.equals("request"), told);
  }

  private Agent agent(Caller caller, Payload payload, String field) {
    String named = payload.required(field, LONGEST_NAME);
    return agents
        .findNamed(caller, named)
        .orElseThrow(
            () ->
                ProblemException.invalid(
                    "payload." + field, "names no agent: there is none with name or id " + named));
  }

  private String taskType(Agent target, @Nullable String asked) {
    if (asked != null) {
      return asked;
    }
    Set<String> types = agents.taskTypes(target);
    if (types.size() != 1) {
      throw ProblemException.invalid(
          "payload.type",
          "is required, because " + target.name() + " runs tasks of " + types.size() + " types");
    }
    return types.iterator().next();
  }

  private AgentAnswer handOn(AgentCall call, SubmitTask ask, boolean wait, ObjectNode told)
      throws InterruptedException {
    if (taskTypes().contains(String.valueOf(ask.type()))) {
      throw ProblemException.invalid(
          "payload.type", "must not be " + ask.type() + ": the orchestrator hands on to others");
    }
    UUID onlyAgent = ask.agentId() == null ? null : Ids.read(ask.agentId());
    Optional<AgentAnswer> overload = handedOn.overload(ask, onlyAgent);
    if (overload.isPresent()) {
      return overload.get();
    }
    UUID id = handedOn.submit(call, ask);
    told.put("task_id", id.toString());
    if (!wait) {
      told.put("status", "accepted");
      return new Done(told);
    }
    return answer(handedOn.await(call, id), told);
  }

  private AgentAnswer answer(Task task, ObjectNode told) {
    String who = task.agent() == null ? "No agent" : "Agent " + task.agent();
    if (!task.status().equals(Task.COMPLETED)) {
      Task.Failure error = task.error();
      String why = error == null ? "it was " + task.status() : error.code() + ": " + error.detail();
      return new Failed(
          error == null ? "task_" + task.status() : error.code(),
          who
              + (task.agent() == null ? " took task " : " did not complete task ")
              + task.id()
              + " (attempt "
              + task.attempt()
              + "): "
              + why,
          false);
    }
    told.put("status", task.status());
    told.put("agent", task.agent());
    told.put("agent_id", String.valueOf(task.agentId()));
    told.put("attempt", task.attempt());
    told.set("timings", json.valueToTree(task.timings()));
    told.set("result", result(task));
    return new Done(told);
  }

  private JsonNode result(Task task) {
    try {
      return json.readTree(task.result() == null ? "null" : task.result());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored result is no JSON", e);
    }
  }
}
