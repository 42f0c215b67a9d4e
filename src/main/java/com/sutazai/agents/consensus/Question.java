package com.sutazai.agents.consensus;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.Prompt;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What is asked: each prompt, of each model, so many times.
 *
 * @param normalise whether answers are the same that differ in case, punctuation and white space
 */
record Question(List<Ask> asks, boolean normalise) {
  static final int MOST_ASKS = 16;
  private static final int SAMPLES = 3;
  private static final Set<String> FIELDS =
      Set.of("prompt", "prompts", "models", "samples", "options", "normalise");

  Question {
    asks = List.copyOf(asks);
  }

  /**
   * One call to a model.
   *
   * @param place of the prompt among the prompts
   * @param sample 1 for the first
   */
  record Ask(int place, int sample, Prompt prompt) {}

  /** Reads a task's payload. */
  static Question of(JsonNode payload) {
    for (var name : (Iterable<String>) payload::fieldNames) {
      if (!FIELDS.contains(name)) {
        throw ProblemException.invalid(
            "payload", "has an unknown field; known are " + new TreeSet<>(FIELDS));
      }
    }
    List<String> prompts = prompts(payload);
    List<@Nullable String> models = models(payload);
    int samples = samples(payload, prompts.size() * models.size());
    List<Ask> asks = new ArrayList<>();
    for (int place = 0; place < prompts.size(); place++) {
      for (String model : models) {
        for (int sample = 1; sample <= samples; sample++) {
          asks.add(new Ask(place, sample, prompt(prompts.get(place), model, payload)));
        }
      }
    }
    return new Question(asks, normalise(payload.get("normalise")));
  }

  /** What is kept or under way would be the same vote twice: each is asked for by itself. */
  private static Prompt prompt(String text, @Nullable String model, JsonNode payload) {
    return Prompt.of(text, model, payload.get("options"), false, false);
  }

  private static List<String> prompts(JsonNode payload) {
    if (payload.hasNonNull("prompt") == payload.hasNonNull("prompts")) {
      throw ProblemException.invalid(
          "payload.prompt", "is required: a text, or several of them as prompts");
    }
    return payload.hasNonNull("prompt")
        ? List.of(text("payload.prompt", payload.get("prompt")))
        : texts(payload, "prompts");
  }

  private static List<@Nullable String> models(JsonNode payload) {
    List<@Nullable String> models = new ArrayList<>();
    if (payload.hasNonNull("models")) {
      models.addAll(texts(payload, "models"));
    } else {
      models.add(null); // the configured one
    }
    return models;
  }

  private static int samples(JsonNode payload, int others) {
    JsonNode given = payload.get("samples");
    if (given != null && !given.isNull() && !isInt(given)) {
      throw ProblemException.invalid("payload.samples", "must be a whole number");
    }
    Integer asked = given == null || given.isNull() ? null : given.intValue();
    int samples = Check.range("payload.samples", asked, 1, MOST_ASKS, others == 1 ? SAMPLES : 1);
    if (samples * others > MOST_ASKS) {
      throw ProblemException.invalid(
          "payload",
          "asks "
              + samples * others
              + " times (prompts × models × samples); it must be at most "
              + MOST_ASKS);
    }
    return samples;
  }

  private static boolean isInt(JsonNode given) {
    return given.canConvertToExactIntegral() && given.canConvertToInt();
  }

  private static boolean normalise(@Nullable JsonNode given) {
    if (given == null || given.isNull()) {
      return true;
    }
    if (!given.isBoolean()) {
      throw ProblemException.invalid("payload.normalise", "must be true or false");
    }
    return given.booleanValue();
  }

  private static List<String> texts(JsonNode payload, String field) {
    JsonNode list = payload.get(field);
    String name = "payload." + field;
    if (!list.isArray() || list.isEmpty() || list.size() > MOST_ASKS) {
      throw ProblemException.invalid(name, "must be an array of 1 to " + MOST_ASKS + " texts");
    }
    return StreamSupport.stream(list.spliterator(), false).map(each -> text(name, each)).toList();
  }

  private static String text(String field, JsonNode value) {
    if (!value.isTextual()) {
      throw ProblemException.invalid(field, "must be a text");
    }
    return Check.text(field, value.textValue(), Integer.MAX_VALUE);
  }
}
