package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ollama's options, output format and thinking in the words of OpenAI-compatible servers. */
final class OpenAiOptions {
  /** Those that OpenAI's own API lacks are passed on too: llama-server and vLLM know them. */
  private static final Set<String> SAME =
      Set.of(
          "temperature",
          "top_k",
          "top_p",
          "min_p",
          "typical_p",
          "seed",
          "stop",
          "presence_penalty",
          "frequency_penalty",
          "repeat_last_n",
          "mirostat",
          "mirostat_tau",
          "mirostat_eta");

  private static final Set<String> OF_THE_LOADED_MODEL =
      Set.of(
          "num_ctx",
          "num_batch",
          "num_gpu",
          "main_gpu",
          "num_thread",
          "numa",
          "low_vram",
          "f16_kv",
          "logits_all",
          "vocab_only",
          "use_mmap",
          "use_mlock",
          "draft_num_predict");

  private OpenAiOptions() {}

  static void sampling(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    refuseOfTheLoadedModel(given, refused);
    for (Map.Entry<String, JsonNode> option : given.path("options").properties()) {
      if (!option.getValue().isNull() && !OF_THE_LOADED_MODEL.contains(option.getKey())) {
        option(option.getKey(), option.getValue(), body, refused);
      }
    }
  }

  private static void option(String name, JsonNode value, ObjectNode body, List<Refusal> refused) {
    switch (name) {
      case "num_predict" -> {
        // Zero and less mean without a limit, which OpenAI's dialect says by leaving it out.
        if (value.asInt(0) > 0) {
          body.set("max_tokens", value);
        }
      }
      case "repeat_penalty" -> {
        // llama-server's name, then vLLM's
        body.set("repeat_penalty", value);
        body.set("repetition_penalty", value);
      }
      default -> {
        if (SAME.contains(name)) {
          body.set(name, value);
        } else {
          refused.add(
              new Refusal("options." + name, "is not known to this model server; leave it out"));
        }
      }
    }
  }

  static void refuseOfTheLoadedModel(ObjectNode given, List<Refusal> refused) {
    JsonNode options = given.path("options");
    if (!options.isObject() && !options.isMissingNode() && !options.isNull()) {
      refused.add(new Refusal("options", "must be a JSON object"));
    }
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      if (OF_THE_LOADED_MODEL.contains(option.getKey()) && !option.getValue().isNull()) {
        refused.add(
            new Refusal(
                "options." + option.getKey(),
                "belongs to the loaded model; set it where this model server is started"));
      }
    }
  }

  static void format(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    JsonNode format = given.path("format");
    if (format.isObject()) {
      body.putObject("response_format")
          .put("type", "json_schema")
          .putObject("json_schema")
          .put("name", "answer")
          .put("strict", true)
          .set("schema", format);
    } else if ("json".equals(format.textValue())) {
      body.putObject("response_format").put("type", "json_object");
    } else if (Lines.isText(format) || format.isArray() || format.isNumber()) {
      refused.add(new Refusal("format", "must be \"json\" or a JSON schema"));
    }
  }

  /** llama-server knows the schema of a completion by another name. */
  static void formatOfCompletion(ObjectNode given, ObjectNode body) {
    JsonNode format = given.path("format");
    if (format.isObject()) {
      body.set("json_schema", format);
    } else if ("json".equals(format.textValue())) {
      body.putObject("json_schema").put("type", "object");
    }
  }

  /**
   * Models are told to think or not by their template. A level has no name on which all servers
   * agree, so it goes by both.
   */
  static void thinking(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    JsonNode think = given.path("think");
    if (think.isBoolean()) {
      body.putObject("chat_template_kwargs").put("enable_thinking", think.booleanValue());
    } else if (Lines.isText(think)) {
      body.set("reasoning_effort", think);
      body.putObject("chat_template_kwargs")
          .put("enable_thinking", true)
          .set("reasoning_effort", think);
    } else if (!think.isMissingNode() && !think.isNull() && !think.isTextual()) {
      refused.add(new Refusal("think", "must be true, false or a level such as \"high\""));
    }
  }
}
