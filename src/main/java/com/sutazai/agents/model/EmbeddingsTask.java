package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Payload;
import com.sutazai.inference.Inference;
import com.sutazai.inference.ModelName;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import jakarta.inject.Singleton;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code embeddings}: has texts embedded. The payload is {@code {input: text or texts, model?}};
 * the result has one embedding for each text in the same order.
 */
@Singleton
class EmbeddingsTask implements ModelTask {
  private static final int MOST_TEXTS = 500;

  private final Inference inference;
  private final ObjectMapper json;

  EmbeddingsTask(Inference inference, ObjectMapper json) {
    this.inference = inference;
    this.json = json;
  }

  @Override
  public Set<String> types() {
    return Set.of("embeddings");
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Payload payload = Payload.of(call, "input", "model");
    ArrayNode input = input(payload.json("input"));
    String model = ModelName.optional("payload.model", payload.text("model"));
    JsonNode answer = inference.embedForTask(call.caller(), model, input);
    JsonNode embeddings = answer.path("embeddings");
    if (embeddings.size() != input.size()) {
      throw new ProblemException(
          ErrorCode.MODEL_FAILED,
          "The model server sent " + embeddings.size() + " embeddings of " + input.size());
    }
    ObjectNode result = json.createObjectNode();
    result.set("model", answer.path("model"));
    result.put("dimensions", embeddings.path(0).size());
    result.set("embeddings", embeddings);
    if (answer.path("prompt_eval_count").isNumber()) {
      result.putObject("usage").set("prompt_tokens", answer.get("prompt_eval_count"));
    }
    return new AgentAnswer.Done(result);
  }

  private ArrayNode input(@Nullable JsonNode given) {
    ArrayNode texts = json.createArrayNode();
    if (given != null && given.isTextual()) {
      texts.add(given);
    } else if (given != null && given.isArray()) {
      given.forEach(texts::add);
    }
    if (texts.isEmpty() || texts.size() > MOST_TEXTS) {
      throw ProblemException.invalid(
          "payload.input", "must be a text, or an array of 1 to " + MOST_TEXTS + " texts");
    }
    for (int i = 0; i < texts.size(); i++) {
      JsonNode text = texts.get(i);
      String field = "payload.input[" + i + "]";
      if (!text.isTextual()) {
        throw ProblemException.invalid(field, "must be a text");
      }
      Check.text(field, text.textValue(), Integer.MAX_VALUE);
    }
    return texts;
  }
}
