package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.InferenceConfig.Reusable;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks a model.
 *
 * @param model as the caller named it; null for the configured one
 * @param options the caller's own sampling options, checked; they replace the defaults one by one
 * @param stream whether tokens are passed on as they come, which has its own length by default
 * @param cache whether the caller wants to be answered from what is kept; null when it does not say
 */
public record Prompt(
    String text,
    @Nullable String model,
    SamplingOptions options,
    boolean stream,
    @Nullable Boolean cache) {
  private static final Pattern MODEL = Pattern.compile("[\\w.:/@-]{1,200}");

  public Prompt {
    if (model != null && !MODEL.matcher(model).matches()) {
      throw ProblemException.invalid(
          "model", "must be a model's name: at most 200 letters, digits and . _ : / @ -");
    }
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
    return new ModelRequest(
        caller,
        Operation.GENERATE,
        body,
        model,
        urgency,
        reuse(config.cache().ownDoors(), effective),
        billing,
        null);
  }

  private Reuse reuse(Reusable which, ObjectNode effective) {
    return switch (which) {
      case ALWAYS -> Reuse.of(true, cache);
      case DETERMINISTIC -> Reuse.of(SamplingOptions.deterministic(effective), cache);
      case OFF -> Reuse.NONE;
    };
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
        cache);
  }
}
