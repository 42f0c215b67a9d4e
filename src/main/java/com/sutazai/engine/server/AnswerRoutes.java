package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.llama.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code POST /api/generate} and {@code /api/chat}: what they ask, as one prompt. */
final class AnswerRoutes {
  private final Answering answering;
  private final PromptWriter prompts;
  private final AnswerFormat format;
  private final EngineOptions options;

  AnswerRoutes(
      Answering answering, PromptWriter prompts, AnswerFormat format, EngineOptions options) {
    this.answering = answering;
    this.prompts = prompts;
    this.format = format;
    this.options = options;
  }

  void generate(Exchange exchange, RequestBody body) {
    Asked asked = Asked.read(body, options, format);
    boolean raw = body.flag("raw", false);
    refuse(body, "images", "suffix", "context");
    refuseOn(body, "think", "logprobs", "top_logprobs");
    if (!raw) {
      refuse(body, "template");
    }
    String prompt = body.text("prompt").orElse("");
    if (prompt.isEmpty()) {
      answering.loadOnly(exchange, asked, Shape.GENERATION);
      return;
    }
    List<Message> messages = new ArrayList<>();
    body.text("system")
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> messages.add(message("system", text)));
    messages.add(message("user", prompt));
    answering.answer(
        exchange, asked, Shape.GENERATION, model -> raw ? prompt : prompts.chat(model, messages));
  }

  void chat(Exchange exchange, RequestBody body) {
    Asked asked = Asked.read(body, options, format);
    refuse(body, "tools", "template");
    refuseOn(body, "think", "logprobs", "top_logprobs");
    List<Message> messages = messages(body.json().path("messages"));
    if (messages.isEmpty()) {
      answering.loadOnly(exchange, asked, Shape.CHAT);
    } else {
      answering.answer(exchange, asked, Shape.CHAT, model -> prompts.chat(model, messages));
    }
  }

  /** Fields that would change the answer and are not served; empty ones change nothing. */
  private static void refuse(RequestBody body, String... names) {
    for (String name : names) {
      JsonNode value = body.json().path(name);
      if (!value.isEmpty() || !value.asText("").isEmpty()) {
        throw RequestBody.refused(name + " is not served by this engine");
      }
    }
  }

  /** Switches of what is not served; one that is off, or 0, changes nothing. */
  private static void refuseOn(RequestBody body, String... names) {
    for (String name : names) {
      JsonNode value = body.json().path(name);
      boolean on = value.isTextual() ? !value.textValue().isEmpty() : value.asBoolean(false);
      if (on) {
        throw RequestBody.refused(name + " is not served by this engine; leave it out");
      }
    }
  }

  private static List<Message> messages(JsonNode given) {
    if (!given.isArray() && !given.isMissingNode() && !given.isNull()) {
      throw RequestBody.refused("messages must be a list");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode each : given) {
      if (!(each instanceof ObjectNode object)) {
        throw RequestBody.refused("messages must be a list of objects");
      }
      var message = new RequestBody(object);
      refuse(message, "images", "tool_calls");
      Optional<String> role = message.text("role").filter(text -> !text.isBlank());
      messages.add(
          message(
              role.orElseThrow(() -> RequestBody.refused("each message needs a role")),
              message.text("content").orElse("")));
    }
    return messages;
  }

  private static Message message(String role, String content) {
    try {
      return new Message(role, content);
    } catch (IllegalArgumentException e) {
      throw RequestBody.refused(String.valueOf(e.getMessage()));
    }
  }
}
