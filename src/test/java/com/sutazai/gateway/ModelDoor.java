package com.sutazai.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The doors by which a text is asked of a model, and where each has the answer's text. */
enum ModelDoor {
  NATIVE("/generate", "/generated", "/token"),
  GENERATE("/api/generate", "/response", "/response"),
  CHAT("/api/chat", "/message/content", "/message/content"),
  COMPLETIONS("/v1/completions", "/choices/0/text", "/choices/0/text"),
  CHAT_COMPLETIONS(
      "/v1/chat/completions", "/choices/0/message/content", "/choices/0/delta/content"),
  RESPONSES("/v1/responses", "/output/0/content/0/text", "/delta");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String path;
  private final String text;
  private final String piece;

  /**
   * @param text where a whole answer has its text
   * @param piece where a part of a streamed one has its
   */
  ModelDoor(String path, String text, String piece) {
    this.path = path;
    this.text = text;
    this.piece = piece;
  }

  String path() {
    return path;
  }

  ObjectNode request(String model, String prompt, boolean stream) {
    ObjectNode body = JSON.createObjectNode().put("model", model).put("stream", stream);
    switch (this) {
      case NATIVE, GENERATE, COMPLETIONS -> body.put("prompt", prompt);
      case RESPONSES -> body.put("input", prompt);
      case CHAT, CHAT_COMPLETIONS ->
          body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    }
    return body;
  }

  /** The same for a long answer. */
  ObjectNode request(String model, String prompt, boolean stream, int tokens) {
    ObjectNode body = request(model, prompt, stream);
    switch (this) {
      case NATIVE, GENERATE, CHAT -> body.putObject("options").put("num_predict", tokens);
      case COMPLETIONS, CHAT_COMPLETIONS -> body.put("max_tokens", tokens);
      case RESPONSES -> body.put("max_output_tokens", tokens);
    }
    return body;
  }

  String text(String answer) throws IOException {
    return JSON.readTree(answer).at(text).asText();
  }

  /** The parts of a streamed answer, whether it comes as lines or as events. */
  List<String> pieces(String answer) throws IOException {
    List<String> pieces = new ArrayList<>();
    for (String line : answer.lines().toList()) {
      String data = line.startsWith("data: ") ? line.substring("data: ".length()) : line;
      if (data.startsWith("{")) {
        JsonNode found = JSON.readTree(data).at(piece);
        if (found.isTextual() && !found.textValue().isEmpty()) {
          pieces.add(found.textValue());
        }
      }
    }
    return pieces;
  }
}
