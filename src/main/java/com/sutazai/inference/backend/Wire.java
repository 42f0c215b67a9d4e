package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.error.ProblemException;
import java.time.InstantSource;

/**
 * A request in the words that a server understands, and who reads its answer back.
 *
 * @param path where the server takes it
 * @param reader gives the pieces of the answer in the words of the request
 */
public record Wire(String path, ObjectNode body, ChunkReader reader) {

  /**
   * The request for this server. What can be streamed is asked for as a stream. Each server but the
   * engine inside has OpenAI's API; who lacks one dialect is asked in the other one's words, and
   * its answer is translated.
   *
   * @throws ProblemException 400 when the server cannot serve a part of the request
   */
  static Wire of(
      Backend server, Operation operation, ObjectNode asked, String model, InstantSource clock) {
    if (operation.dialect() == Dialect.OLLAMA && !server.isOllama()) {
      return translated(operation, asked, model, clock);
    }
    if (operation.dialect() == Dialect.OPENAI && server.isEngine()) {
      return OpenAiForEngine.wire(operation, asked, model, clock);
    }
    if (operation.dialect() == Dialect.OPENAI && server.isOllama()) {
      Refusal.requireNone(OpenAiOverOllama.refused(asked, OpenAiOverOllama.REASON));
    }
    ObjectNode body = asked.deepCopy();
    body.put("model", model);
    if (operation.streams()) {
      body.put("stream", true);
      if (operation.dialect() == Dialect.OPENAI) {
        body.putObject("stream_options").put("include_usage", true);
      }
    }
    return new Wire(operation.path(), body, operation.reader());
  }

  private static Wire translated(
      Operation operation, ObjectNode asked, String model, InstantSource clock) {
    OllamaOverOpenAi.Asked translated = OllamaOverOpenAi.request(operation, asked);
    Refusal.requireNone(translated.refused());
    return new Wire(
        translated.operation().path(),
        translated.body().put("model", model),
        OllamaOverOpenAi.reader(operation, model, clock));
  }
}
