package com.sutazai.engine.server;

import com.sutazai.engine.decode.AnswerRequest;
import com.sutazai.engine.decode.EngineException;
import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.decode.LoadedModel;
import com.sutazai.engine.decode.Ticket;
import com.sutazai.engine.llama.Model;
import io.vertx.core.Context;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * A request's way: its model is loaded, its prompt split into tokens, then it is given to the
 * model.
 */
final class Answering {
  private final Residents residents;
  private final TextThread texts;
  private final Context loop;

  Answering(Residents residents, TextThread texts, Context loop) {
    this.residents = residents;
    this.texts = texts;
    this.loop = loop;
  }

  /** Loads the model, or unloads it when it is to be kept no longer. */
  void loadOnly(Exchange exchange, Asked asked, Shape shape) {
    var answer = new Answer(exchange, loop, shape, asked.model(), asked.streams());
    if (asked.keepAlive().isZero()) {
      residents.dismiss(asked.model());
      answer.only("unload");
      return;
    }
    residents
        .take(asked.model(), asked.keepAlive())
        .whenComplete(
            (resident, failure) -> {
              if (failure == null) {
                residents.giveBack(resident, asked.keepAlive());
                answer.only("load");
              } else {
                answer.failed(reason(failure));
              }
            });
  }

  /** Continues the prompt that is written for the model. */
  void answer(Exchange exchange, Asked asked, Shape shape, Function<Model, String> prompt) {
    var answer = new Answer(exchange, loop, shape, asked.model(), asked.streams());
    residents
        .take(asked.model(), asked.keepAlive())
        .whenComplete(
            (resident, failure) -> {
              if (failure == null) {
                answer.loaded(() -> residents.giveBack(resident, asked.keepAlive()));
                submit(exchange, asked, resident, prompt, answer);
              } else {
                answer.failed(reason(failure));
              }
            });
  }

  private void submit(
      Exchange exchange,
      Asked asked,
      Resident resident,
      Function<Model, String> prompt,
      Answer answer) {
    LoadedModel loaded = resident.model();
    Model model = loaded.model();
    texts
        .compute(() -> model.tokenize(TextBounds.of(loaded).require(prompt.apply(model))))
        .thenAccept(
            tokens -> {
              var request =
                  new AnswerRequest(
                      tokens, asked.sampling(), asked.maxTokens(), asked.stops(), asked.grammar());
              Ticket ticket = resident.decoder.submit(request, answer);
              exchange.onGone(ticket::cancel);
            })
        .exceptionally(
            failure -> {
              answer.failed(reason(failure));
              return null;
            });
  }

  /** What to tell the caller. */
  static EngineException reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof EngineException known
        ? known
        : new EngineException(Kind.FAILED, "the engine failed: " + cause);
  }
}
