package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.decode.EmbeddingRequest;
import com.sutazai.engine.decode.LoadedModel;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** {@code POST /api/embed}. */
final class EmbedRoute {
  private static final int MOST_TEXTS = 4096;

  private final Residents residents;
  private final TextThread texts;
  private final Context loop;
  private final EngineOptions options;

  EmbedRoute(Residents residents, TextThread texts, Context loop, EngineOptions options) {
    this.residents = residents;
    this.texts = texts;
    this.loop = loop;
    this.options = options;
  }

  /** What one request asks. */
  private record Wanted(
      String model, List<String> input, boolean truncate, int dimensions, Duration keepAlive) {}

  void embed(Exchange exchange, RequestBody body) {
    var wanted =
        new Wanted(
            body.model(),
            body.texts("input"),
            body.flag("truncate", true),
            body.integer("dimensions", 0, 0, Integer.MAX_VALUE),
            KeepAlive.read(body, options.keepAlive()));
    if (wanted.input.size() > MOST_TEXTS) {
      throw RequestBody.refused("input may have " + MOST_TEXTS + " texts");
    }
    long askedAt = System.nanoTime();
    residents
        .take(wanted.model)
        .thenCompose(
            resident -> {
              long loadNanos = System.nanoTime() - askedAt;
              return texts
                  .compute(() -> tokens(wanted, resident.model()))
                  .thenCompose(
                      tokens -> {
                        EmbeddingRequest request = resident.decoder.embed(tokens);
                        exchange.onGone(request::cancel);
                        return request
                            .done()
                            .thenApply(done -> answer(wanted, tokens, done, askedAt, loadNanos));
                      })
                  .whenComplete((answer, failure) -> giveBack(resident, wanted));
            })
        .whenComplete((answer, failure) -> tell(exchange, answer, failure));
  }

  private void giveBack(Resident resident, Wanted wanted) {
    loop.runOnContext(nothing -> residents.giveBack(resident, wanted.keepAlive));
  }

  private void tell(Exchange exchange, ObjectNode answer, Throwable failure) {
    loop.runOnContext(
        nothing -> {
          if (failure == null) {
            exchange.answer(answer);
          } else {
            exchange.fail(Answering.reason(failure));
          }
        });
  }

  private static List<int[]> tokens(Wanted wanted, LoadedModel model) {
    return wanted.input.stream()
        .map(text -> model.model().tokenize(text))
        .map(
            tokens ->
                wanted.truncate && tokens.length > model.context()
                    ? Arrays.copyOf(tokens, model.context())
                    : tokens)
        .toList();
  }

  private static ObjectNode answer(
      Wanted wanted, List<int[]> tokens, List<float[]> done, long askedAt, long loadNanos) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("model", wanted.model);
    ArrayNode embeddings = answer.putArray("embeddings");
    for (float[] each : done) {
      ArrayNode numbers = embeddings.addArray();
      for (float number : shortened(each, wanted.dimensions)) {
        numbers.add(number);
      }
    }
    return answer
        .put("total_duration", System.nanoTime() - askedAt)
        .put("load_duration", loadNanos)
        .put("prompt_eval_count", tokens.stream().mapToInt(each -> each.length).sum());
  }

  /** Its first numbers, again of length 1; all of them for 0. */
  private static float[] shortened(float[] embedding, int dimensions) {
    if (dimensions == 0 || dimensions >= embedding.length) {
      return embedding;
    }
    float[] first = Arrays.copyOf(embedding, dimensions);
    double squares = 0;
    for (float each : first) {
      squares += each * each;
    }
    float length = squares == 0 ? 1 : (float) Math.sqrt(squares);
    for (int i = 0; i < first.length; i++) {
      first[i] /= length;
    }
    return first;
  }
}
