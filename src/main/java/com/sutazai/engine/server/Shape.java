package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Whether the answer's text is that of a generation or of a chat. */
enum Shape {
  GENERATION {
    @Override
    void put(ObjectNode line, String text) {
      line.put("response", text);
    }
  },
  CHAT {
    @Override
    void put(ObjectNode line, String text) {
      line.set(
          "message",
          JsonNodeFactory.instance.objectNode().put("role", "assistant").put("content", text));
    }
  };

  abstract void put(ObjectNode line, String text);
}
