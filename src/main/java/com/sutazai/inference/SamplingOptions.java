package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.error.ProblemException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sampling options of one request, each known and within its bounds. Options that belong to the
 * loaded model (context length, threads, layers on the GPU) are refused: a request that differs in
 * one of them makes the server load the model again.
 */
public final class SamplingOptions {
  private static final int MAX_STOPS = 16;
  private static final int MAX_STOP_LENGTH = 100;

  private static final Set<String> OF_THE_LOADED_MODEL =
      Set.of("num_ctx", "num_batch", "num_thread", "num_gpu", "main_gpu", "use_mmap");

  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("temperature", new Number(0, 10)),
          Map.entry("top_p", new Number(0, 1)),
          Map.entry("min_p", new Number(0, 1)),
          Map.entry("typical_p", new Number(0, 1)),
          Map.entry("repeat_penalty", new Number(0, 10)),
          Map.entry("presence_penalty", new Number(-10, 10)),
          Map.entry("frequency_penalty", new Number(-10, 10)),
          Map.entry("top_k", new Whole(0, 100_000)),
          Map.entry("num_predict", new Whole(-2, RequestSize.LONGEST_ANSWER)),
          Map.entry("num_keep", new Whole(-1, 131_072)),
          Map.entry("repeat_last_n", new Whole(-1, 131_072)),
          Map.entry("seed", new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
          Map.entry("stop", new Texts()));

  private final ObjectNode given;

  private SamplingOptions(ObjectNode given) {
    this.given = given;
  }

  private sealed interface Rule {
    /** What is wrong with the value; null when nothing is. */
    @Nullable String broken(JsonNode value);
  }

  private record Number(double min, double max) implements Rule {
    @Override
    public @Nullable String broken(JsonNode value) {
      return value.isNumber() && value.doubleValue() >= min && value.doubleValue() <= max
          ? null
          : "must be a number between " + min + " and " + max;
    }
  }

  private record Whole(int min, int max) implements Rule {
    @Override
    public @Nullable String broken(JsonNode value) {
      return value.isIntegralNumber()
              && value.canConvertToInt()
              && value.intValue() >= min
              && value.intValue() <= max
          ? null
          : "must be a whole number between " + min + " and " + max;
    }
  }

  private record Texts() implements Rule {
    @Override
    public @Nullable String broken(JsonNode value) {
      boolean fits = value.isArray() && value.size() <= MAX_STOPS;
      for (JsonNode text : value) {
        fits &= text.isTextual() && text.textValue().length() <= MAX_STOP_LENGTH;
      }
      return fits
          ? null
          : "must be an array of at most "
              + MAX_STOPS
              + " texts of at most "
              + MAX_STOP_LENGTH
              + " characters";
    }
  }

  static SamplingOptions of(@Nullable JsonNode options) {
    if (options == null || options.isNull()) {
      return new SamplingOptions(JsonNodeFactory.instance.objectNode());
    }
    if (!(options instanceof ObjectNode object)) {
      throw ProblemException.invalid("options", "must be a JSON object");
    }
    object.properties().forEach(entry -> check(entry.getKey(), entry.getValue()));
    return new SamplingOptions(object.deepCopy());
  }

  /** Refuses options that a request cannot set without the model being loaded again. */
  public static void refuseThoseOfTheLoadedModel(JsonNode options) {
    for (String name : OF_THE_LOADED_MODEL) {
      if (options.has(name)) {
        throw ofTheLoadedModel("options." + name);
      }
    }
  }

  private static ProblemException ofTheLoadedModel(String field) {
    return ProblemException.invalid(
        field,
        "cannot be set by a request, because the server would load the model again; "
            + "set it in the model itself (ollama create), or let Ollama's door pass it on "
            + "(sutazai.inference.allow-runner-options)");
  }

  private static void check(String name, JsonNode value) {
    String field = "options." + (name.length() > 40 ? name.substring(0, 40) + "…" : name);
    if (OF_THE_LOADED_MODEL.contains(name)) {
      throw ofTheLoadedModel(field);
    }
    Rule rule = RULES.get(name);
    if (rule == null) {
      throw ProblemException.invalid(
          field, "is not a known option; known are " + new TreeMap<>(RULES).keySet());
    }
    String broken = rule.broken(value);
    if (broken != null) {
      throw ProblemException.invalid(field, broken);
    }
  }

  /** Whether a model that is asked twice with them answers the same, in either dialect's words. */
  public static boolean deterministic(JsonNode options) {
    return options.path("temperature").asDouble(1) == 0 || isSeed(options.path("seed"));
  }

  /**
   * Ollama and llama.cpp take -1 for another seed each time; other negative numbers are seeds like
   * any.
   */
  private static boolean isSeed(JsonNode seed) {
    return !seed.isMissingNode() && !seed.isNull() && seed.asDouble() != -1;
  }

  /** The defaults with the request's own options in their place. */
  ObjectNode over(InferenceConfig.Defaults defaults, boolean stream) {
    ObjectNode effective = JsonNodeFactory.instance.objectNode();
    effective
        .put("temperature", defaults.temperature())
        .put("top_k", defaults.topK())
        .put("top_p", defaults.topP())
        .put("num_predict", stream ? defaults.numPredictStream() : defaults.numPredict())
        .put("repeat_penalty", defaults.repeatPenalty());
    var stop = effective.putArray("stop");
    defaults.stop().forEach(stop::add);
    effective.setAll(given);
    return effective;
  }
}
