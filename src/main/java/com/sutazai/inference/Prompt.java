package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * @param shared whether an identical request under way may answer it too
 * @param stream whether tokens are passed on as they come, which has its own length by default
 */
public record Prompt(
    String text, @Nullable String model, SamplingOptions options, boolean stream, boolean shared) {
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
      InferenceConfig.Defaults defaults,
      ModelRequest.Urgency urgency,
      ModelRequest.Billing billing) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("prompt", text).set("options", options.over(defaults, stream));
    return new ModelRequest(
        caller, Operation.GENERATE, body, model, urgency, shared, billing, null);
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
      boolean shared) {
    return new Prompt(
        Check.text("prompt", text, Integer.MAX_VALUE),
        model,
        SamplingOptions.of(options),
        stream,
        shared);
  }
}
