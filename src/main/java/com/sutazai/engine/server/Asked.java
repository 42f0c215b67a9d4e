package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.llama.Sampling;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What generations and chats ask alike.
 *
 * @param streams whether the answer comes in pieces
 * @param keepAlive how long the model stays afterwards
 * @param maxTokens of the answer; negative is up to the end of the context
 * @param stops texts that end it
 * @param grammar that it keeps to
 */
record Asked(
    String model,
    boolean streams,
    Duration keepAlive,
    Sampling sampling,
    int maxTokens,
    List<String> stops,
    Optional<String> grammar) {
  private static final int MOST_STOPS = 64;
  private static final int UP_TO_THE_CONTEXT = -1;

  /** Ollama's number for it too. */
  private static final int FILL_THE_CONTEXT = -2;

  static Asked read(RequestBody body, EngineOptions engine, AnswerFormat format) {
    RequestBody options = body.object("options");
    List<String> stops = options.texts("stop");
    if (stops.size() > MOST_STOPS) {
      throw RequestBody.refused("stop may have " + MOST_STOPS + " texts");
    }
    return new Asked(
        body.model(),
        body.flag("stream", true),
        KeepAlive.read(body, engine.keepAlive()),
        SamplingReader.read(options, engine.context()),
        options.integer("num_predict", UP_TO_THE_CONTEXT, FILL_THE_CONTEXT, Integer.MAX_VALUE),
        stops,
        grammar(body.json().path("format"), format));
  }

  private static Optional<String> grammar(JsonNode wanted, AnswerFormat format) {
    boolean empty = wanted.isTextual() && wanted.textValue().isEmpty();
    boolean none = wanted.isMissingNode() || wanted.isNull() || empty;
    return none ? Optional.empty() : Optional.of(format.grammar(wanted));
  }
}
