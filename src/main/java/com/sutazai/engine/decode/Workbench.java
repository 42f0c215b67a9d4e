package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.LlamaException;
import com.sutazai.engine.llama.Model;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What the thread that computes does: begin requests, compute steps, end answers. */
final class Workbench {
  private final Model model;
  private final int limit;
  private final Sequences sequences;
  private final Steps steps;
  private final EmbeddingSteps embeddings;
  private final Inbox inbox;
  private final AtomicInteger count;
  private final StepWatch watch;
  private final List<Answering> running = new ArrayList<>();

  /**
   * With nothing on it.
   *
   * @param limit tokens that a prompt and its answer may have together
   * @param count is kept at the number of running answers
   * @param watch is told of each step
   */
  Workbench(
      Model model,
      int limit,
      Sequences sequences,
      Steps steps,
      EmbeddingSteps embeddings,
      Inbox inbox,
      AtomicInteger count,
      StepWatch watch) {
    this.model = model;
    this.limit = limit;
    this.sequences = sequences;
    this.steps = steps;
    this.embeddings = embeddings;
    this.inbox = inbox;
    this.count = count;
    this.watch = watch;
  }

  /** Works until the inbox is closed. */
  void work() throws InterruptedException {
    try {
      while (awaitWork()) {
        running.forEach(Answering::endIfUnwanted);
        clear();
        begin();
        count.set(running.size());
        embeddings.next(inbox, running.isEmpty());
        if (!running.isEmpty()) {
          steps.next(running, embeddings.busy());
          clear();
          count.set(running.size());
        }
      }
    } finally {
      watch.rests();
      var failure = new EngineException(Kind.FAILED, "the engine stopped before the answer's end");
      running.forEach(each -> each.fail(failure));
      embeddings.fail(failure);
    }
  }

  private boolean awaitWork() throws InterruptedException {
    watch.rests();
    boolean open = inbox.await(embeddings.busy() || !running.isEmpty());
    watch.begins();
    return open;
  }

  private void begin() {
    while (sequences.anyFree()) {
      Ticket ticket = inbox.pollAnswer();
      if (ticket == null) {
        return;
      }
      if (ticket.cancelled()) {
        ticket.listener().failed(new EngineException(Kind.CANCELLED, "the caller has gone"));
      } else {
        begin(ticket);
      }
    }
  }

  private void begin(Ticket ticket) {
    Sequence sequence = sequences.take(ticket.request().prompt());
    try {
      running.add(new Answering(model, ticket, sequence, limit));
      running.sort(Comparator.comparingInt(each -> each.sequence().number));
    } catch (LlamaException e) {
      sequences.giveBack(sequence);
      ticket.listener().failed(new EngineException(Kind.REFUSED, e.getMessage()));
    }
  }

  private void clear() {
    running.removeIf(
        each -> {
          if (each.over()) {
            sequences.giveBack(each.sequence());
          }
          return each.over();
        });
  }
}
