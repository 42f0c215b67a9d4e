package com.sutazai.engine.decode;

import com.sutazai.engine.decode.AnswerEnd.Reason;
import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.Batch;
import com.sutazai.engine.llama.Context;
import com.sutazai.engine.llama.LlamaException;
import com.sutazai.engine.llama.Model;
import com.sutazai.engine.llama.Sampler;

/** A prompt on its way through a sequence, and then its answer token by token. */
final class Answering {
  private static final int NONE = -1;

  private final Model model;
  private final Ticket ticket;
  private final AnswerRequest request;
  private final AnswerListener listener;
  private final Sequence sequence;
  private final int limit;
  private final Sampler sampler;
  private final AnswerText text;
  private final int[] prompt;
  private final long begun = System.nanoTime();
  private final int reused;
  private int given;
  private int chosen = NONE;
  private int answered;
  private int output = NONE;
  private long firstAt;
  private boolean over;

  /**
   * Begins with what the sequence has of the prompt.
   *
   * @param limit tokens that prompt and answer may have together
   * @throws LlamaException if the request's grammar cannot be read
   */
  Answering(Model model, Ticket ticket, Sequence sequence, int limit) {
    this.model = model;
    this.ticket = ticket;
    this.request = ticket.request();
    this.listener = ticket.listener();
    this.sequence = sequence;
    this.limit = limit;
    prompt = request.prompt();
    sampler = new Sampler(model, request.sampling(), request.grammar());
    text = new AnswerText(request.stops());
    int memory = Math.min(prompt.length, request.sampling().repeatLast());
    for (int i = prompt.length - memory; i < prompt.length; i++) {
      sampler.accept(prompt[i]);
    }
    reused = sequence.keep(prompt);
    given = reused;
  }

  Sequence sequence() {
    return sequence;
  }

  boolean over() {
    return over;
  }

  /** Ends if nobody waits for the answer any more. */
  void endIfUnwanted() {
    if (ticket.cancelled()) {
      fail(new EngineException(Kind.CANCELLED, "the caller has gone"));
    }
  }

  boolean readsPrompt() {
    return unread() > 0;
  }

  /** Adds the token chosen last to the batch. */
  void addChosen(Batch batch) {
    output = batch.add(chosen, sequence.size(), sequence.number, true);
    sequence.add(chosen);
  }

  /** Tokens of the prompt that were not given to a batch yet. */
  int unread() {
    return prompt.length - given;
  }

  /** Adds the next tokens of the prompt to the batch, so many at most. */
  void addPrompt(Batch batch, int most) {
    int end = given + Math.min(most, unread());
    while (given < end) {
      boolean last = given == prompt.length - 1;
      int index = batch.add(prompt[given], sequence.size(), sequence.number, last);
      sequence.add(prompt[given++]);
      output = last ? index : NONE;
    }
  }

  /** Whether a part of the batch has the output that the next token is chosen from. */
  boolean hasOutput(int from, int count) {
    return output >= from && output < from + count;
  }

  /** Chooses the next token. */
  void choose(Context context, int from) {
    if (request.maxTokens() == 0) {
      firstAt = System.nanoTime();
      end(Reason.LENGTH);
      return;
    }
    int token;
    try {
      token = sampler.sample(context, output - from);
    } catch (LlamaException e) {
      fail(new EngineException(Kind.REFUSED, e.getMessage()));
      return;
    }
    output = NONE;
    if (answered == 0) {
      firstAt = System.nanoTime();
    }
    answered++;
    if (model.isEnd(token)) {
      end(Reason.STOP);
      return;
    }
    say(text.add(model.piece(token)));
    if (text.stopped()) {
      end(Reason.STOP);
    } else if (answered == request.maxTokens() || sequence.size() == limit) {
      end(Reason.LENGTH);
    } else {
      chosen = token;
    }
  }

  private void say(String piece) {
    if (!piece.isEmpty()) {
      listener.text(piece);
    }
  }

  private void end(Reason reason) {
    say(text.end());
    close();
    long now = System.nanoTime();
    listener.ended(
        new AnswerEnd(reason, prompt.length, reused, answered, firstAt - begun, now - firstAt));
  }

  void fail(EngineException failure) {
    if (!over) {
      close();
      listener.failed(failure);
    }
  }

  private void close() {
    over = true;
    sampler.close();
  }
}
