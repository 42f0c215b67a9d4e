package com.sutazai.inference;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.Answer.Usage;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.profile.ProfiledModel;
import com.sutazai.inference.profile.ProfiledModels;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Measures models the way that callers' requests take. */
@ApplicationScoped
class InferenceProbes implements ProfiledModels {
  private final Inference inference;
  private final Models models;

  InferenceProbes(Inference inference, Models models) {
    this.inference = inference;
    this.models = models;
  }

  @Override
  public ProfiledModel find(@Nullable String name) throws ModelFailure {
    return new Probed(models.resolve(name));
  }

  private final class Probed implements ProfiledModel {
    private final String name;

    Probed(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    /** Nothing but its length ends an answer. */
    private static ObjectNode options(int tokens) {
      ObjectNode options = JsonNodeFactory.instance.objectNode().put("num_predict", tokens);
      options.putArray("stop");
      return options;
    }

    /** The server's word on loading does not come this way, so there is none. */
    @Override
    public Probe ask(String prompt, int tokens) throws InterruptedException {
      Answer answer = inference.complete(Prompt.of(prompt, name, options(tokens), false));
      Usage usage = answer.usage();
      return new Probe(
          null,
          answer.timings().ttftMs(),
          answer.timings().totalMs(),
          usage == null ? null : (Long) usage.completionTokens());
    }
  }
}
