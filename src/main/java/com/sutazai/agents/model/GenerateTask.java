package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Payload;
import com.sutazai.inference.Inference;
import com.sutazai.inference.Inference.Charged;
import com.sutazai.inference.Prompt;
import com.sutazai.inference.usage.UsageRecorder;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * {@code inference}: asks a model by a prompt. The payload is {@code {prompt | text, model?,
 * options?, cache?}} as for {@code POST /generate}, and so is the result.
 */
@Singleton
class GenerateTask implements ModelTask {
  private final Inference inference;
  private final UsageRecorder usage;
  private final ObjectMapper json;

  GenerateTask(Inference inference, UsageRecorder usage, ObjectMapper json) {
    this.inference = inference;
    this.usage = usage;
    this.json = json;
  }

  @Override
  public Set<String> types() {
    return Set.of("inference");
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Charged charged =
        inference.completeForTask(
            call.caller(), prompt(Payload.of(call, "prompt", "text", "model", "options", "cache")));
    return new AgentAnswer.Done(
        json.valueToTree(charged.answer()), charged.usage(usage, call.owner()));
  }

  private static Prompt prompt(Payload payload) {
    String prompt = payload.text("prompt");
    String text = prompt == null ? payload.text("text") : prompt;
    String model = payload.text("model");
    Boolean cache = payload.choice("cache");
    return Payload.under(() -> Prompt.of(text, model, payload.json("options"), false, cache));
  }
}
