package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.Batch;
import com.sutazai.engine.llama.Context;
import java.util.List;

/**
 * Computes steps. Each takes one token of every running answer and a share of the prompts that are
 * being read, so that a long prompt neither stops answers nor shorter prompts.
 */
final class Steps implements AutoCloseable {
  private final Context context;
  private final Batch batch;
  private final PromptBudget budget;

  Steps(Context context, int batchSize) {
    this.context = context;
    batch = new Batch(batchSize);
    budget = new PromptBudget(batchSize);
  }

  /**
   * One step of all that are given.
   *
   * @param running in the order of their sequences, which llama.cpp else computes one by one
   * @param others whether somebody else waits for steps too
   */
  void next(List<Answering> running, boolean others) {
    batch.clear();
    List<Answering> prompts = running.stream().filter(Answering::readsPrompt).toList();
    int answers = running.size() - prompts.size();
    int fitting = answers > 0 || others ? budget.besideAnswers() : budget.alone();
    int most = Math.min(fitting, batch.room() - answers);
    int share = PromptShare.of(prompts.stream().mapToInt(Answering::unread).toArray(), most);
    for (Answering each : running) {
      if (each.readsPrompt()) {
        each.addPrompt(batch, share);
      } else {
        each.addChosen(batch);
      }
    }
    long begun = System.nanoTime();
    compute(running, 0, batch.size());
    budget.observe(batch.size(), System.nanoTime() - begun);
  }

  /** What does not fit as a whole, because the free room is in pieces, is computed in halves. */
  private void compute(List<Answering> running, int from, int count) {
    if (context.decode(batch, from, count)) {
      for (Answering each : running) {
        if (!each.over() && each.hasOutput(from, count)) {
          each.choose(context, from);
        }
      }
    } else if (count > 1) {
      int half = count / 2;
      compute(running, from, half);
      compute(running, from + half, count - half);
    } else {
      // llama.cpp's cache is in a state that nobody here can know
      throw new EngineException(Kind.FAILED, "the engine cannot compute a token");
    }
  }

  @Override
  public void close() {
    batch.close();
  }
}
