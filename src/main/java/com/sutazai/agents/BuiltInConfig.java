package com.sutazai.agents;

import com.sutazai.platform.error.ProblemException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What the config of a built-in agent's row says about the choice among agents.
 *
 * @param priority importance of the agent for {@link Strategy#PRIORITY}: 0 first, 10 last
 * @param strategy how agents are chosen; of the coordinator's row alone
 */
record BuiltInConfig(int priority, Strategy strategy) {
  static final int MIDDLE_PRIORITY = 5;
  private static final int LAST_PRIORITY = 10;

  /** What cannot be read, because it was stored before it meant anything, has its default. */
  static BuiltInConfig read(String config) {
    JsonObject json = new JsonObject(config);
    Integer priority = priority(json);
    return new BuiltInConfig(
        priority == null ? MIDDLE_PRIORITY : priority,
        Strategy.find(String.valueOf(json.getValue("strategy"))).orElse(Strategy.LEAST_LOADED));
  }

  private static @Nullable Integer priority(JsonObject json) {
    return json.getValue("priority", MIDDLE_PRIORITY) instanceof Integer number
            && number >= 0
            && number <= LAST_PRIORITY
        ? number
        : null;
  }

  /** Refuses a config that cannot be read, naming the field. */
  static void check(String agent, String config) {
    JsonObject json = new JsonObject(config);
    if (priority(json) == null) {
      throw ProblemException.invalid("config.priority", "must be an integer from 0 to 10");
    }
    Object strategy = json.getValue("strategy");
    if (strategy == null) {
      return;
    }
    if (!agent.equals(BuiltInAgents.COORDINATOR)) {
      throw ProblemException.invalid(
          "config.strategy", "belongs to the config of " + BuiltInAgents.COORDINATOR);
    }
    Strategy.of("config.strategy", strategy.toString());
  }
}
