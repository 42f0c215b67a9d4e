package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Payload;
import com.sutazai.inference.ModelServers;
import com.sutazai.inference.ModelServers.Listed;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code list_models}: the models of all servers, asked for now, the servers that have each, and
 * whether it is loaded on one of them. What a server does not tell is left out.
 */
@Singleton
class ListModelsTask implements ModelTask {
  private final ModelServers servers;
  private final ObjectMapper json;

  ListModelsTask(ModelServers servers, ObjectMapper json) {
    this.servers = servers;
    this.json = json;
  }

  @Override
  public Set<String> types() {
    return Set.of("list_models");
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Payload.of(call);
    Set<String> loaded = new HashSet<>();
    for (var answer : servers.askEach("/api/ps").values()) {
      answer.path("models").forEach(model -> loaded.add(model.path("name").asText("")));
    }
    ObjectNode result = json.createObjectNode();
    ArrayNode models = result.putArray("models");
    for (Listed listed : servers.list()) {
      ObjectNode model = models.addObject().put("name", listed.name());
      ArrayNode backends = model.putArray("backends");
      listed.servers().forEach(server -> backends.add(server.name()));
      if (listed.ollama()) {
        model.put("loaded", loaded.contains(listed.name()));
        for (String field : List.of("size", "digest", "modified_at")) {
          if (listed.described().has(field)) {
            model.set(field, listed.described().get(field));
          }
        }
      }
    }
    return new AgentAnswer.Done(result);
  }
}
