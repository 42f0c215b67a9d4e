package com.sutazai.queue.broker;

import com.sutazai.queue.JobHandler;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which message goes where: the exchange, queues and routing keys of guide 5.3. One queue for each
 * type of agent; a task of a type that only workers outside of this program run has no route.
 */
final class Routes {
  static final String EXCHANGE = "agent_tasks";

  private final Map<String, String> agentTypes;

  /**
   * @param agentTypes the type of agent by type of task
   */
  Routes(Map<String, String> agentTypes) {
    this.agentTypes = Map.copyOf(agentTypes);
  }

  static Routes of(JobHandler handler) {
    Map<String, String> agentTypes = new HashMap<>();
    for (String type : handler.types()) {
      handler.agentType(type).ifPresent(agentType -> agentTypes.put(type, agentType));
    }
    return new Routes(agentTypes);
  }

  /** Types of tasks that have a route. */
  Set<String> types() {
    return agentTypes.keySet();
  }

  Collection<String> queues() {
    return agentTypes.values().stream().map(Routes::queueOf).distinct().toList();
  }

  /** The queue that messages about tasks of the type end in. */
  String queue(String type) {
    return queueOf(agentType(type));
  }

  String key(String type) {
    return "agent." + word(agentType(type)) + "." + word(type);
  }

  /** What a queue is bound with, by queue. */
  Map<String, String> bindings() {
    Map<String, String> bindings = new HashMap<>();
    agentTypes
        .values()
        .forEach(agentType -> bindings.put(queueOf(agentType), "agent." + word(agentType) + ".*"));
    return bindings;
  }

  private String agentType(String type) {
    String agentType = agentTypes.get(type);
    if (agentType == null) {
      throw new IllegalArgumentException("No agent type is known for tasks of type " + type);
    }
    return agentType;
  }

  private static String queueOf(String agentType) {
    return word(agentType) + "_queue";
  }

  /** One word of a topic: dots part words, asterisk and hash stand for others, 255 bytes is all. */
  private static String word(String text) {
    return text.replaceAll("[^A-Za-z0-9_-]", "_");
  }
}
