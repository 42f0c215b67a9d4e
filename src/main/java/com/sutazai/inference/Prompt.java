package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.json.Check;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks a model.
 *
 * @param model as the caller named it; null for the configured one
 * @param options the caller's own sampling options, checked; they replace the defaults one by one
 * @param stream whether tokens are passed on as they come, which has its own length by default
 * @param system instructions that go before the text; null for those of the model
 * @param cache whether the caller wants to be answered from what is kept; null when it does not say
 */
public record Prompt(
    String text,
    @Nullable String model,
    SamplingOptions options,
    boolean stream,
    @Nullable String system,
    @Nullable Boolean cache) {

  public Prompt {
    ModelName.optional("model", model);
  }

  /** The request for it, with the defaults in place of options that were not given. */
  ModelRequest request(
      Caller caller,
      InferenceConfig config,
      ModelRequest.Urgency urgency,
      ModelRequest.Billing billing) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode effective = options.over(config.defaults(), stream);
    body.put("prompt", text).set("options", effective);
    if (system != null) {
      body.put("system", system);
    }
    return new ModelRequest(
        caller,
        Operation.GENERATE,
        body,
        model,
        urgency,
        config.cache().ownDoors().of(effective, cache),
        billing,
        null);
  }

  /** The same with other instructions; null for those of the model. */
  public Prompt under(@Nullable String instructions) {
    return new Prompt(text, model, options, stream, instructions, cache);
  }

  /** The text that a piece of the answer carries. */
  static String text(Chunk chunk) {
    return chunk.json().path("response").asText("");
  }

  /** Checks what came over the wire. */
  public static Prompt of(
      @Nullable String text,
      @Nullable String model,
      @Nullable JsonNode options,
      boolean stream,
      @Nullable Boolean cache) {
    return new Prompt(
        Check.text("prompt", text, Integer.MAX_VALUE),
        model,
        SamplingOptions.of(options),
        stream,
        null,
        cache);
  }
}
