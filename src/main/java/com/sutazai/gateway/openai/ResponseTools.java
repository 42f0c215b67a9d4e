package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Refusal;
import java.util.List;

/** Tools of a response request: the caller's own functions; there are no built-in ones. */
final class ResponseTools {
  private ResponseTools() {}

  static void add(ObjectNode given, ObjectNode body, List<Refusal> refused) {
    JsonNode tools = given.path("tools");
    for (int i = 0; i < tools.size(); i++) {
      JsonNode tool = tools.path(i);
      if ("function".equals(tool.path("type").textValue())) {
        ObjectNode function =
            body.withArrayProperty("tools")
                .addObject()
                .put("type", "function")
                .putObject("function");
        for (String field : List.of("name", "description", "parameters", "strict")) {
          if (tool.hasNonNull(field)) {
            function.set(field, tool.get(field));
          }
        }
      } else {
        refused.add(
            new Refusal("tools[" + i + "].type", "must be function: there are no built-in tools"));
      }
    }
    if (body.has("tools") && given.hasNonNull("parallel_tool_calls")) {
      body.set("parallel_tool_calls", given.get("parallel_tool_calls"));
    }
    addChoice(given.path("tool_choice"), body, refused);
  }

  private static void addChoice(JsonNode choice, ObjectNode body, List<Refusal> refused) {
    if (choice.isTextual()) {
      body.set("tool_choice", choice);
    } else if ("function".equals(choice.path("type").textValue())) {
      body.putObject("tool_choice")
          .put("type", "function")
          .putObject("function")
          .put("name", choice.path("name").asText(""));
    } else if (!choice.isMissingNode() && !choice.isNull()) {
      refused.add(
          new Refusal("tool_choice", "must be none, auto, required or the name of a function"));
    }
  }
}
