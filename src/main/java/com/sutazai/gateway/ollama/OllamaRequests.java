package com.sutazai.gateway.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.gateway.GatewayConfig;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.ModelServers;
import com.sutazai.inference.SamplingOptions;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes requests of what Ollama's clients send. Fields that are not known here are passed on. */
@Singleton
class OllamaRequests {
  private final GatewayConfig config;
  private final ModelServers servers;
  private final InstantSource clock;

  OllamaRequests(GatewayConfig config, ModelServers servers, InstantSource clock) {
    this.config = config;
    this.servers = servers;
    this.clock = clock;
  }

  ModelRequest of(Caller caller, Operation operation, ObjectNode body) {
    String model = modelName(body);
    JsonNode options = body.path("options");
    if (!config.allowRunnerOptions()) {
      SamplingOptions.refuseThoseOfTheLoadedModel(options);
    }
    Boolean wish = Door.choice(body, "cache");
    Reuse reuse =
        operation.streams() && onlyLoads(operation, body)
            ? Reuse.NONE
            : Reuse.of(!operation.streams() || SamplingOptions.deterministic(options), wish);
    body.remove(List.of("model", "name", "stream", "cache"));
    return new ModelRequest(
        caller, operation, body, model, Urgency.INTERACTIVE, reuse, Billing.AT_ITS_END, null);
  }

  /** Whether it asks nothing: Ollama's clients load and unload a model so. */
  boolean onlyLoads(ModelRequest request) {
    return onlyLoads(request.operation(), request.body());
  }

  private static boolean onlyLoads(Operation operation, JsonNode body) {
    return operation == Operation.CHAT
        ? body.path("messages").isEmpty()
        : body.path("prompt").asText("").isEmpty()
            && body.path("images").isEmpty()
            && body.path("suffix").asText("").isEmpty();
  }

  boolean reachesOllama(ModelRequest request) throws InterruptedException {
    return servers.having(Objects.requireNonNull(request.model())).stream()
        .anyMatch(Backend::isOllama);
  }

  /** The answer where the server has its model loaded all the time. */
  JsonNode loaded(ModelRequest request) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", request.model())
            .put("created_at", clock.instant().toString());
    if (request.operation() == Operation.CHAT) {
      answer.putObject("message").put("role", "assistant").put("content", "");
    } else {
      answer.put("response", "");
    }
    return answer.put("done", true).put("done_reason", "load");
  }

  /** {@code model}, or {@code name} as older clients say. */
  static String modelName(ObjectNode body) {
    @Nullable String model = Door.text(body, "model");
    String name = model == null || model.isBlank() ? Door.text(body, "name") : model;
    if (name == null || name.isBlank()) {
      throw ProblemException.invalid("model", "is required");
    }
    return name;
  }
}
