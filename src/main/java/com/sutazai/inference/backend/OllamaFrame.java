package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What Ollama writes around an answer: whose it is, when, how long it took, what it counted. */
final class OllamaFrame {
  private final String model;
  private final InstantSource clock;
  private final Instant asked;

  OllamaFrame(String model, InstantSource clock) {
    this.model = model;
    this.clock = clock;
    asked = clock.instant();
  }

  ObjectNode named() {
    return JsonNodeFactory.instance.objectNode().put("model", model);
  }

  ObjectNode dated() {
    return named().put("created_at", clock.instant().toString());
  }

  /**
   * Figures that nobody measured are left out: how long the model took to load is known to no
   * caller of such a server, and how long prompt and answer took only llama-server tells.
   */
  void figures(ObjectNode last, @Nullable Usage usage, JsonNode timings) {
    last.put("total_duration", sinceAsked());
    if (usage != null) {
      last.put("prompt_eval_count", usage.promptTokens());
      last.put("eval_count", usage.completionTokens());
    }
    nanoseconds(last, "prompt_eval_duration", timings.path("prompt_ms"));
    nanoseconds(last, "eval_duration", timings.path("predicted_ms"));
  }

  /** Nanoseconds; the clock may have been set back. */
  long sinceAsked() {
    return Math.max(0, Duration.between(asked, clock.instant()).toNanos());
  }

  private static void nanoseconds(ObjectNode last, String name, JsonNode milliseconds) {
    if (milliseconds.isNumber()) {
      last.put(name, Math.round(milliseconds.doubleValue() * 1e6));
    }
  }
}
