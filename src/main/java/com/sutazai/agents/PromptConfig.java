package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.Prompt;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the config of an agent of type {@code prompt} says.
 *
 * @param template of the prompt, filled with a task's payload
 * @param model null for the configured one
 * @param options as for {@code POST /generate}
 * @param system instructions that go with each prompt, as they are
 */
record PromptConfig(
    PromptTemplate template,
    @Nullable String model,
    @Nullable JsonNode options,
    @Nullable String system) {
  private static final int MAX_TEMPLATE = 64 * 1024;
  private static final int MAX_SYSTEM = 16 * 1024;
  private static final List<String> FIELDS = List.of("model", "options", "system", "template");

  /** Refuses what breaks a rule, naming the field. */
  static PromptConfig of(JsonNode config) {
    for (Iterator<String> names = config.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!FIELDS.contains(name)) {
        throw ProblemException.invalid(
            "config." + name,
            "is not a known field of an agent of type prompt; known are " + FIELDS);
      }
    }
    String system = text(config, "system");
    PromptConfig checked =
        new PromptConfig(
            template(Check.text("config.template", text(config, "template"), MAX_TEMPLATE)),
            text(config, "model"),
            config.get("options"),
            system == null ? null : Check.text("config.system", system, MAX_SYSTEM));
    checked.prompt("any");
    return checked;
  }

  private static PromptTemplate template(String text) {
    try {
      return PromptTemplate.parse(text);
    } catch (PromptTemplate.Malformed e) {
      throw ProblemException.invalid("config.template", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String text(JsonNode config, String field) {
    JsonNode value = config.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw ProblemException.invalid("config." + field, "must be a text");
    }
    return value.textValue();
  }

  /** What the model is asked with this text. */
  Prompt prompt(String text) {
    try {
      return Prompt.of(text, model, options, false, null).under(system);
    } catch (ProblemException e) {
      throw e.under("config");
    }
  }
}
