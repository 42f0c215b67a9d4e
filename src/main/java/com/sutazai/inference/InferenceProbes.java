package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.Models.Resolved;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.backend.Usage;
import com.sutazai.inference.profile.ProfiledModel;
import com.sutazai.inference.profile.ProfiledModels;
import com.sutazai.platform.caller.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Measures a model at its server, past our own queue: what is given at once is worked on there. */
@ApplicationScoped
class InferenceProbes implements ProfiledModels {
  private static final Caller SYSTEM = new Caller(Caller.SYSTEM_OWNER, "system", true);

  private final ModelCalls calls;

  InferenceProbes(ModelCalls calls) {
    this.calls = calls;
  }

  @Override
  public ProfiledModel find(@Nullable String name) throws ModelFailure, InterruptedException {
    Resolved resolved = calls.resolve(name);
    return new Probed(resolved.name(), resolved.servers().getFirst());
  }

  private final class Probed implements ProfiledModel {
    private final String name;
    private final Backend server;

    Probed(String name, Backend server) {
      this.name = name;
      this.server = server;
    }

    @Override
    public String name() {
      return name;
    }

    /** A server that tells no digest is taken to keep its models. */
    @Override
    public String identity() {
      JsonNode described = server.described().get(name);
      String digest = described == null ? "" : described.path("digest").asText("");
      return digest + ' ' + server.where();
    }

    /** Nothing but its length ends an answer. */
    @Override
    public Probe ask(String prompt, int tokens) throws ModelFailure, InterruptedException {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("prompt", prompt);
      body.putObject("options").put("num_predict", tokens);
      ModelRequest request =
          new ModelRequest(
              SYSTEM,
              Operation.GENERATE,
              body,
              name,
              Urgency.INTERACTIVE,
              Reuse.NONE,
              Billing.AT_ITS_END,
              null);
      try (Generation generation = calls.openAt(server, request, name)) {
        JsonNode loaded = null;
        for (Chunk chunk = generation.next(); chunk != null; chunk = generation.next()) {
          loaded = chunk.json().path("load_duration");
        }
        return probe(generation, loaded);
      }
    }

    private static Probe probe(Generation generation, @Nullable JsonNode loaded) {
      Usage usage = generation.usage();
      return new Probe(
          loaded == null || !loaded.isIntegralNumber() ? null : (Double) (loaded.longValue() / 1e6),
          generation.timings().ttftMs(),
          generation.timings().totalMs(),
          usage == null ? null : (Long) usage.completionTokens());
    }
  }
}
