package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Payload;
import com.sutazai.inference.ModelName;
import com.sutazai.inference.ModelServers;
import com.sutazai.inference.Models.Resolved;
import com.sutazai.inference.backend.Backend;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * {@code preload_model} and {@code unload_model}: has each Ollama server that has the model read it
 * into its memory, or give that memory back. For everybody, as at Ollama's own door, where any
 * request may say {@code keep_alive}.
 */
@Singleton
class LoadModelTask implements ModelTask {
  private static final String PRELOAD = "preload_model";
  private static final int LONGEST_SECONDS = 7 * 86_400;

  private final ModelServers servers;
  private final ObjectMapper json;

  LoadModelTask(ModelServers servers, ObjectMapper json) {
    this.servers = servers;
    this.json = json;
  }

  @Override
  public Set<String> types() {
    return Set.of(PRELOAD, "unload_model");
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    boolean preload = call.taskType().equals(PRELOAD);
    Payload payload =
        preload ? Payload.of(call, "name", "keep_alive_seconds") : Payload.of(call, "name");
    String name = ModelName.checked("payload.name", payload.required("name", ModelName.MAX));
    call.caller().allowed().requireModel(name);
    Optional<Duration> keepAlive =
        preload
            ? Optional.ofNullable(payload.whole("keep_alive_seconds", 1, LONGEST_SECONDS))
                .map(Duration::ofSeconds)
            : Optional.of(Duration.ZERO);
    Resolved model = servers.find(name);
    List<Backend> ollama = model.servers().stream().filter(Backend::isOllama).toList();
    if (ollama.isEmpty()) {
      throw new ProblemException(
          ErrorCode.MODEL_REFUSED,
          "No Ollama server has "
              + model.name()
              + ", and only these load and unload models when they are told.");
    }
    ObjectNode result = json.createObjectNode().put("name", model.name());
    ArrayNode done = result.putArray("backends");
    for (Backend server : ollama) {
      call.progress((double) done.size() / ollama.size(), server.name());
      long start = System.nanoTime();
      servers.load(server, model.name(), keepAlive);
      done.addObject()
          .put("name", server.name())
          .put("took_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }
    return new AgentAnswer.Done(result);
  }
}
