package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves requests of Ollama's dialect by a server that speaks OpenAI's (llama-server, vLLM, LM
 * Studio).
 *
 * <p>{@code keep_alive} is not passed on: such a server keeps the model that it was started with.
 * Nor are {@code truncate} and {@code shift}: what is longer than the model's context is refused by
 * the server, as with {@code truncate: false}, and never cut in silence. Embeddings know no
 * sampling, so their sampling options change nothing, here as there.
 */
public final class OllamaOverOpenAi {
  private OllamaOverOpenAi() {}

  /**
   * What to ask the server for.
   *
   * @param refused what cannot be asked; empty when the body says all that the request said
   */
  public record Asked(Operation operation, ObjectNode body, List<Refusal> refused) {
    public Asked {
      refused = List.copyOf(refused);
    }
  }

  /** Translates the body of {@code GENERATE}, {@code CHAT} or {@code EMBED}; it stays as it is. */
  public static Asked request(Operation operation, ObjectNode given) {
    List<Refusal> refused = new ArrayList<>();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (given.has("model")) {
      body.set("model", given.get("model"));
    }
    Operation asked =
        switch (operation) {
          case GENERATE -> generate(given, body, refused);
          case CHAT -> chat(given, body, refused);
          case EMBED -> embed(given, body, refused);
          case COMPLETIONS, CHAT_COMPLETIONS, EMBEDDINGS ->
              throw new IllegalArgumentException(operation + " is no operation of Ollama's");
        };
    if (asked.streams()) {
      body.put("stream", true).putObject("stream_options").put("include_usage", true);
    }
    return new Asked(asked, body, refused);
  }

  /**
   * Reads the server's answer as if Ollama had written it.
   *
   * @param operation what the caller asked for, in Ollama's words
   * @param model the name by which the caller knows the model
   * @param clock dates the pieces, and measures from now on how long the answer took
   */
  public static ChunkReader reader(Operation operation, String model, InstantSource clock) {
    return switch (operation) {
      case GENERATE, CHAT -> new TranslatedAnswer(operation, new OllamaFrame(model, clock));
      case EMBED -> new TranslatedEmbeddings(new OllamaFrame(model, clock));
      case COMPLETIONS, CHAT_COMPLETIONS, EMBEDDINGS ->
          throw new IllegalArgumentException(operation + " is no operation of Ollama's");
    };
  }

  private static Operation generate(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    refuseTemplateAndContext(given, refused);
    if (given.path("raw").asBoolean(false) || Lines.isText(given.path("suffix"))) {
      return complete(given, body, refused);
    }
    OpenAiMessages messages = new OpenAiMessages(refused);
    if (Lines.isText(given.path("system"))) {
      messages.say("system", given.path("system").textValue());
    }
    messages.ask(given.path("prompt").asText(""), given.path("images"));
    body.set("messages", messages.all());
    return finishChat(given, body, refused);
  }

  private static void refuseTemplateAndContext(ObjectNode given, List<Refusal> refused) {
    if (Lines.isText(given.path("template"))) {
      refused.add(
          new Refusal(
              "template",
              "is not served: this model server writes its prompts with the model's own template; "
                  + "send the finished prompt with raw: true"));
    }
    if (!given.path("context").isEmpty()) {
      refused.add(
          new Refusal(
              "context",
              "is not served: this model server remembers no conversation; send it to /api/chat"));
    }
  }

  private static Operation complete(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    for (String field : List.of("system", "images")) {
      JsonNode value = given.path(field);
      if (Lines.isText(value) || !value.isEmpty()) {
        refused.add(new Refusal(field, "cannot be combined with raw or suffix"));
      }
    }
    JsonNode think = given.path("think");
    if (think.asBoolean(false) || Lines.isText(think)) {
      refused.add(new Refusal("think", "cannot be combined with raw or suffix"));
    }
    body.put("prompt", given.path("prompt").asText(""));
    if (Lines.isText(given.path("suffix"))) {
      body.set("suffix", given.get("suffix"));
    }
    if (given.path("logprobs").asBoolean(false)) {
      body.put("logprobs", Math.max(1, given.path("top_logprobs").asInt(0)));
    }
    OpenAiOptions.sampling(given, body, refused);
    OpenAiOptions.format(given, body, refused);
    OpenAiOptions.formatOfCompletion(given, body);
    return Operation.COMPLETIONS;
  }

  private static Operation chat(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    OpenAiMessages messages = new OpenAiMessages(refused);
    messages.addAll(given.path("messages"));
    body.set("messages", messages.all());
    if (!given.path("tools").isEmpty()) {
      body.set("tools", given.get("tools"));
    }
    return finishChat(given, body, refused);
  }

  private static Operation finishChat(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    if (given.path("logprobs").asBoolean(false)) {
      body.put("logprobs", true);
      if (given.path("top_logprobs").asInt(0) > 0) {
        body.set("top_logprobs", given.get("top_logprobs"));
      }
    }
    OpenAiOptions.sampling(given, body, refused);
    OpenAiOptions.format(given, body, refused);
    OpenAiOptions.thinking(given, body, refused);
    return Operation.CHAT_COMPLETIONS;
  }

  private static Operation embed(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    for (String field : List.of("input", "dimensions")) {
      if (given.hasNonNull(field)) {
        body.set(field, given.get(field));
      }
    }
    OpenAiOptions.refuseOfTheLoadedModel(given, refused);
    return Operation.EMBEDDINGS;
  }
}
