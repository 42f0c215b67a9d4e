package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/**
 * One task in the hands of an agent.
 *
 * @param attempt 1 for the first try
 */
public record AgentCall(UUID taskId, UUID owner, String taskType, JsonNode payload, int attempt) {}
