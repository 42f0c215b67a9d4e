package com.sutazai.engine.server;

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

  /** Numbers of one answer: 16 MiB while they are computed. */
  private static final int MOST_NUMBERS = 1 << 22;

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
        .take(wanted.model, wanted.keepAlive)
        .thenCompose(
            resident -> {
              long loadNanos = System.nanoTime() - askedAt;
              residents.embeds(resident);
              return texts
                  .compute(() -> tokens(wanted, resident.model()))
                  .thenCompose(
                      tokens -> {
                        EmbeddingRequest request = resident.decoder.embed(tokens);
                        exchange.onGone(request::cancel);
                        return request
                            .done()
                            .thenApply(
                                done ->
                                    new EmbeddingAnswer(
                                        wanted.model,
                                        done,
                                        wanted.dimensions,
                                        count(tokens),
                                        System.nanoTime() - askedAt,
                                        loadNanos));
                      })
                  .whenComplete((answer, failure) -> giveBack(resident, wanted));
            })
        .whenComplete((answer, failure) -> tell(exchange, answer, failure));
  }

  private void giveBack(Resident resident, Wanted wanted) {
    loop.runOnContext(nothing -> residents.giveBack(resident, wanted.keepAlive));
  }

  private void tell(Exchange exchange, EmbeddingAnswer answer, Throwable failure) {
    loop.runOnContext(
        nothing -> {
          if (failure == null) {
            exchange.answer(answer.pieces(), loop);
          } else {
            exchange.fail(Answering.reason(failure));
          }
        });
  }

  private static List<int[]> tokens(Wanted wanted, LoadedModel model) {
    int size = model.model().embeddingSize();
    if ((long) wanted.input.size() * size > MOST_NUMBERS) {
      throw RequestBody.refused(
          "input may have %d texts for this model, whose embeddings have %d numbers"
              .formatted(MOST_NUMBERS / size, size));
    }
    TextBounds bounds = TextBounds.of(model);
    return wanted.input.stream()
        .map(text -> wanted.truncate ? bounds.beginning(text) : text)
        .map(text -> model.model().tokenize(bounds.require(text)))
        .map(
            tokens ->
                wanted.truncate && tokens.length > model.context()
                    ? Arrays.copyOf(tokens, model.context())
                    : tokens)
        .toList();
  }

  private static int count(List<int[]> tokens) {
    return tokens.stream().mapToInt(each -> each.length).sum();
  }
}
