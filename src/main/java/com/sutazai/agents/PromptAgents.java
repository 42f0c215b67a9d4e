package com.sutazai.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentRepository.AgentFilter;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Pages;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Agents of callers that need no code: a template, and the model that it is for. They are read from
 * the cache, so a task of theirs asks the database no more often than others do.
 */
@ApplicationScoped
public class PromptAgents {
  /** The type of their tasks, and their own. */
  public static final String TYPE = "prompt";

  private final KnownAgents known;
  private final ObjectMapper json;

  PromptAgents(KnownAgents known, ObjectMapper json) {
    this.known = known;
    this.json = json;
  }

  /**
   * The agent that will run a task: the one asked for, or the newest active one of the caller that
   * has all the capabilities.
   *
   * @param at where the task stands in the body, to name fields with
   */
  public Agent choose(Caller caller, String at, @Nullable UUID asked, List<String> capabilities) {
    if (asked != null) {
      return able(
          known.get(caller, asked).orElseThrow(() -> ProblemException.notFound("agent", asked)),
          capabilities);
    }
    if (capabilities.isEmpty()) {
      throw ProblemException.invalid(
          at + "agent_id",
          "is required for tasks of type prompt, or required_capabilities: name one of your agents of type prompt");
    }
    var filter = new AgentFilter(TYPE, "active", null, null, false);
    return known.get(caller, filter, Pages.MAX_LIMIT).stream()
        .filter(agent -> why(agent, capabilities) == null)
        .findFirst()
        .orElseThrow(
            () ->
                new ProblemException(
                    ErrorCode.NO_CAPABLE_AGENT,
                    "No active agent of type prompt has all of " + capabilities + "."));
  }

  private Agent able(Agent agent, List<String> capabilities) {
    String why = why(agent, capabilities);
    if (why != null) {
      throw new ProblemException(
          ErrorCode.NO_CAPABLE_AGENT, "Agent " + agent.name() + " " + why + ".");
    }
    return agent;
  }

  /** Why it cannot run such a task; null when it can. */
  private @Nullable String why(Agent agent, List<String> capabilities) {
    if (!agent.type().equals(TYPE) || agent.builtIn()) {
      return "is of type " + agent.type() + ", and tasks of type prompt need one of type prompt";
    }
    if (!agent.status().equals("active")) {
      return "is " + agent.status();
    }
    if (!agent.capabilities().containsAll(capabilities)) {
      return "lacks one of " + capabilities;
    }
    try {
      PromptConfig.of(config(agent));
      return null;
    } catch (ProblemException e) {
      return "cannot run: " + e.detail();
    }
  }

  JsonNode config(Agent agent) {
    return config(agent.config());
  }

  private JsonNode config(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored config is no JSON", e);
    }
  }

  /** Refuses a config that an agent of the type cannot have. */
  void requireSense(String type, String config) {
    if (type.equals(TYPE)) {
      PromptConfig.of(config(config));
    }
  }
}
