package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Payload;
import com.sutazai.inference.Conversation;
import com.sutazai.inference.Inference;
import com.sutazai.inference.Inference.Charged;
import com.sutazai.inference.usage.UsageRecorder;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * {@code chat}: asks a model to go on with a conversation. The payload is {@code {messages, model?,
 * options?, cache?}}; the result has the new {@code message} where that of {@code inference} has
 * {@code generated}.
 */
@Singleton
class ChatTask implements ModelTask {
  private final Inference inference;
  private final UsageRecorder usage;
  private final ObjectMapper json;

  ChatTask(Inference inference, UsageRecorder usage, ObjectMapper json) {
    this.inference = inference;
    this.usage = usage;
    this.json = json;
  }

  @Override
  public Set<String> types() {
    return Set.of("chat");
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Charged charged =
        inference.completeForTask(
            call.caller(), conversation(Payload.of(call, "messages", "model", "options", "cache")));
    ObjectNode answer = json.valueToTree(charged.answer());
    ObjectNode result = json.createObjectNode();
    result.putObject("message").put("role", "assistant").set("content", answer.remove("generated"));
    result.setAll(answer);
    return new AgentAnswer.Done(result, charged.usage(usage, call.owner()));
  }

  private static Conversation conversation(Payload payload) {
    String model = payload.text("model");
    Boolean cache = payload.choice("cache");
    return Payload.under(
        () -> Conversation.of(payload.json("messages"), model, payload.json("options"), cache));
  }
}
