package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /generate}.
 *
 * @param prompt what to answer
 * @param text the same under the guide's name
 * @param cache false asks the model although an answer is kept or under way
 * @param stream answer as server-sent events
 */
@RegisterForReflection
record GenerateRequest(
    @Nullable String prompt,
    @Nullable String text,
    @Nullable String model,
    @Nullable JsonNode options,
    @Nullable Boolean stream,
    @Nullable Boolean cache) {

  static final GenerateRequest EMPTY = new GenerateRequest(null, null, null, null, null, null);

  boolean streams() {
    return Boolean.TRUE.equals(stream);
  }

  Prompt prompt(@Nullable String textParameter, boolean streams) {
    String given = null;
    for (String each : new @Nullable String[] {prompt, text, textParameter}) {
      if (each != null && given != null) {
        throw ProblemException.invalid("prompt", "is given twice; send either prompt or text");
      }
      given = each == null ? given : each;
    }
    return Prompt.of(given, model, options, streams, cache);
  }
}
