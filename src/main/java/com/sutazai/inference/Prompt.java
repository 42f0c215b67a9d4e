package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
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
 */
public record Prompt(String text, @Nullable String model, SamplingOptions options, boolean stream) {
  private static final Pattern MODEL = Pattern.compile("[\\w.:/@-]{1,200}");

  public Prompt {
    if (model != null && !MODEL.matcher(model).matches()) {
      throw ProblemException.invalid(
          "model", "must be a model's name: at most 200 letters, digits and . _ : / @ -");
    }
  }

  /** Checks what came over the wire. */
  public static Prompt of(
      @Nullable String text, @Nullable String model, @Nullable JsonNode options, boolean stream) {
    return new Prompt(
        Check.text("prompt", text, Integer.MAX_VALUE), model, SamplingOptions.of(options), stream);
  }
}
