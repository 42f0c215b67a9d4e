package com.sutazai.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Counts the words of a text; the example of docs/agents.md. */
@TaskAgent(
    name = "word-counter",
    type = "text",
    capabilities = {"text", "counting"},
    taskTypes = "count_words")
class WordCountAgent implements AgentWork {
  @Override
  public AgentAnswer run(AgentCall call) {
    String text = Payload.of(call, "text").required("text", 100_000);
    long words = text.strip().split("\\s+").length;
    return new AgentAnswer.Done(JsonNodeFactory.instance.objectNode().put("words", words));
  }
}
