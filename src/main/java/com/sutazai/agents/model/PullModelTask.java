package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Payload;
import com.sutazai.inference.ModelName;
import com.sutazai.inference.ModelServers;
import com.sutazai.inference.backend.Backend;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * {@code pull_model}: has each Ollama server get a model, one after the other, and tells how far it
 * is. A server goes on where an earlier try stopped. For admins, as at Ollama's own door.
 */
@Singleton
class PullModelTask implements ModelTask {
  private final ModelServers servers;
  private final ObjectMapper json;

  PullModelTask(ModelServers servers, ObjectMapper json) {
    this.servers = servers;
    this.json = json;
  }

  @Override
  public Set<String> types() {
    return Set.of("pull_model");
  }

  @Override
  public boolean forAdmins() {
    return true;
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    String name =
        ModelName.checked("payload.name", Payload.of(call, "name").required("name", ModelName.MAX));
    List<Backend> ollama = servers.ollama();
    if (ollama.isEmpty()) {
      throw new ProblemException(
          ErrorCode.MODEL_UNAVAILABLE,
          "None of the model servers is an Ollama server, and only these can pull models.");
    }
    ObjectNode result = json.createObjectNode().put("name", name);
    ArrayNode pulled = result.putArray("backends");
    for (Backend server : ollama) {
      Pull pull = new Pull(server.name(), pulled.size(), ollama.size());
      ObjectNode body = json.createObjectNode().put("model", name).put("stream", true);
      servers.follow(
          server,
          "/api/pull",
          name,
          body,
          line -> {
            pull.take(read(line));
            call.progress().report(pull.fraction(), pull.message());
          });
      pull.requireDone();
      pulled.addObject().put("name", server.name()).put("bytes", pull.bytes());
    }
    return new AgentAnswer.Done(result);
  }

  private JsonNode read(byte[] line) {
    try {
      return json.readTree(line);
    } catch (IOException e) {
      throw new ProblemException(
          ErrorCode.MODEL_FAILED, "The model server sent a line that is no JSON object.");
    }
  }
}
