package com.sutazai.gateway.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.gateway.GatewayConfig;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.SamplingOptions;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes requests of what Ollama's clients send. Fields that are not known here are passed on. */
@ApplicationScoped
class OllamaRequests {
  private final GatewayConfig config;

  OllamaRequests(GatewayConfig config) {
    this.config = config;
  }

  ModelRequest of(Caller caller, Operation operation, ObjectNode body) {
    String model = modelName(body);
    JsonNode options = body.path("options");
    if (!config.allowRunnerOptions()) {
      SamplingOptions.refuseThoseOfTheLoadedModel(options);
    }
    boolean shared =
        Door.flag(
            body, "cache", options.path("temperature").asDouble(1) == 0 || options.has("seed"));
    body.remove(List.of("model", "name", "stream", "cache"));
    return new ModelRequest(caller, operation, body, model, Urgency.INTERACTIVE, shared);
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
