package com.sutazai.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.cache.Codec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Agents as the cache keeps them: the rows, without what is measured for each answer. */
final class AgentCodec implements Codec<List<Agent>> {
  private static final TypeReference<List<Row>> ROWS = new TypeReference<>() {};

  private final ObjectMapper json;

  AgentCodec(ObjectMapper json) {
    this.json = json;
  }

  /** What is kept of an agent. */
  @RegisterForReflection
  record Row(
      UUID id,
      String name,
      String type,
      String status,
      List<String> capabilities,
      String config,
      boolean builtIn,
      Instant createdAt,
      Instant updatedAt,
      long version) {
    static Row of(Agent agent) {
      return new Row(
          agent.id(),
          agent.name(),
          agent.type(),
          agent.status(),
          agent.capabilities(),
          agent.config(),
          agent.builtIn(),
          agent.createdAt(),
          agent.updatedAt(),
          agent.version());
    }

    Agent agent() {
      return new Agent(
          id,
          name,
          type,
          status,
          capabilities,
          config,
          builtIn,
          null,
          createdAt,
          updatedAt,
          null,
          version);
    }
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public byte[] encode(List<Agent> agents) {
    try {
      return json.writeValueAsBytes(agents.stream().map(Row::of).toList());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<Agent> decode(byte[] bytes) throws IOException {
    return json.readValue(bytes, ROWS).stream().map(Row::agent).toList();
  }
}
