package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.Inference;
import com.sutazai.inference.Inference.Charged;
import com.sutazai.inference.Prompt;
import com.sutazai.inference.usage.UsageRecorder;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks of type {@code inference}: asks a model. The payload is {@code {prompt | text, model?,
 * options?, cache?}} as for {@code POST /generate}, and so is the result.
 */
@Singleton
class InferenceAgent implements BuiltInAgent {
  private static final Set<String> FIELDS = Set.of("prompt", "text", "model", "options", "cache");

  private final Inference inference;
  private final UsageRecorder usage;
  private final ObjectMapper json;

  InferenceAgent(Inference inference, UsageRecorder usage, ObjectMapper json) {
    this.inference = inference;
    this.usage = usage;
    this.json = json;
  }

  @Override
  public String name() {
    return "ollama-integration-specialist";
  }

  @Override
  public String type() {
    return "inference";
  }

  @Override
  public List<String> capabilities() {
    return List.of("inference", "text_generation");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of("inference");
  }

  @Override
  public int concurrency() {
    return inference.maxConcurrent();
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Charged charged = inference.completeForTask(Caller.of(call.owner()), prompt(call.payload()));
    return new AgentAnswer.Done(
        json.valueToTree(charged.answer()),
        charged.used().stream()
            .map(used -> usage.row(call.owner(), charged.answer().model(), used))
            .toList());
  }

  private static Prompt prompt(JsonNode payload) {
    for (var name : (Iterable<String>) payload::fieldNames) {
      if (!FIELDS.contains(name)) {
        throw ProblemException.invalid(
            "payload", "has an unknown field; known are cache, model, options, prompt, text");
      }
    }
    String prompt = text(payload, "prompt");
    return Prompt.of(
        prompt == null ? text(payload, "text") : prompt,
        text(payload, "model"),
        payload.get("options"),
        false,
        choice(payload, "cache"));
  }

  private static @Nullable Boolean choice(JsonNode payload, String field) {
    JsonNode value = payload.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isBoolean()) {
      throw ProblemException.invalid("payload." + field, "must be true or false");
    }
    return value.booleanValue();
  }

  private static @Nullable String text(JsonNode payload, String field) {
    JsonNode value = payload.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw ProblemException.invalid("payload." + field, "must be a text");
    }
    return value.textValue();
  }
}
