package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.decode.AnswerEnd;
import com.sutazai.engine.decode.AnswerListener;
import com.sutazai.engine.decode.EngineException;
import io.vertx.core.Context;
import java.time.Instant;
import java.util.Locale;

/**
 * Writes an answer as Ollama does: a line a piece, or all in one object. What the computing thread
 * tells it does on the event loop.
 */
final class Answer implements AnswerListener {
  private final Exchange exchange;
  private final Context loop;
  private final Shape shape;
  private final String model;
  private final boolean streams;
  private final long askedAt = System.nanoTime();
  private final StringBuilder whole = new StringBuilder();
  private long loadNanos;
  private Runnable onEnd = () -> {};

  Answer(Exchange exchange, Context loop, Shape shape, String model, boolean streams) {
    this.exchange = exchange;
    this.loop = loop;
    this.shape = shape;
    this.model = model;
    this.streams = streams;
  }

  /**
   * The model is loaded; this is how long the request waited for it.
   *
   * @param whenOver done once the answer is over, whatever its end
   */
  void loaded(Runnable whenOver) {
    loadNanos = System.nanoTime() - askedAt;
    onEnd = whenOver;
  }

  /** Answers that a model was loaded or unloaded, which was all that was asked. */
  void only(String reason) {
    exchange.answer(line("").put("done", true).put("done_reason", reason));
  }

  @Override
  public void text(String piece) {
    loop.runOnContext(
        nothing -> {
          if (streams) {
            exchange.line(line(piece).put("done", false));
          } else {
            whole.append(piece);
          }
        });
  }

  @Override
  public void ended(AnswerEnd end) {
    loop.runOnContext(
        nothing -> {
          ObjectNode last = last(end);
          if (streams) {
            exchange.line(last);
            exchange.end();
          } else {
            exchange.answer(last);
          }
          onEnd.run();
        });
  }

  @Override
  public void failed(EngineException failure) {
    loop.runOnContext(
        nothing -> {
          exchange.fail(failure);
          onEnd.run();
        });
  }

  private ObjectNode last(AnswerEnd end) {
    return line(streams ? "" : whole.toString())
        .put("done", true)
        .put("done_reason", end.reason().name().toLowerCase(Locale.ROOT))
        .put("total_duration", System.nanoTime() - askedAt)
        .put("load_duration", loadNanos)
        .put("prompt_eval_count", end.promptTokens())
        .put("prompt_eval_duration", end.promptNanos())
        .put("eval_count", end.answerTokens())
        .put("eval_duration", end.answerNanos());
  }

  private ObjectNode line(String text) {
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model)
            .put("created_at", Instant.now().toString());
    shape.put(line, text);
    return line;
  }
}
