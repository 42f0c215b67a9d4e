package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.Batch;
import com.sutazai.engine.llama.Context;
import java.util.List;
import java.util.Optional;

/**
 * Computes steps. Each takes one token of every running answer and a share of the prompts that are
 * being read, so that a long prompt neither stops answers nor shorter prompts.
 */
final class Steps implements AutoCloseable {
  private final Context context;
  private final Batch batch;
  private final PromptBudget budget;
  private final StepCosts costs;
  private final Optional<Padding> padding;

  /**
   * For one context.
   *
   * @param padding empty where idle sequences would take room of those at work
   */
  Steps(Context context, Capacity capacity, Optional<Padding> padding) {
    this.context = context;
    this.padding = padding;
    batch = new Batch(capacity.batch());
    budget = new PromptBudget(capacity.batch());
    costs = new StepCosts(capacity.sequences());
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
    if (prompts.size() == running.size()) {
      read(prompts, others);
    } else {
      answer(running, prompts);
    }
  }

  private void read(List<Answering> prompts, boolean others) {
    int fitting = others ? budget.besideOthers() : budget.alone();
    int[] unread = prompts.stream().mapToInt(Answering::unread).toArray();
    int share = PromptShare.of(unread, Math.min(fitting, batch.room()));
    prompts.forEach(each -> each.addPrompt(batch, Math.max(1, share)));
    budget.observe(batch.size(), compute(prompts));
  }

  /** The first token of each prompt is computed together with those of the answers. */
  private void answer(List<Answering> running, List<Answering> prompts) {
    List<Sequence> idle = padding.map(each -> each.beside(running, costs)).orElse(List.of());
    int together = running.size() + idle.size();
    double nanos = costs.of(together);
    int fitting = budget.besideAnswers(prompts.size(), running.size() - prompts.size(), nanos);
    int[] rest = prompts.stream().mapToInt(each -> each.unread() - 1).toArray();
    int share = 1 + PromptShare.of(rest, Math.min(fitting, batch.room() - together));
    add(running, idle, share);
    long taken = compute(running);
    idle.forEach(Sequence::unpad);
    if (!prompts.isEmpty()) {
      budget.observe(batch.size() - together, taken - nanos);
    } else if (batch.isRun()) {
      costs.observe(together, taken);
    }
  }

  /** All in the order of their sequences. */
  private void add(List<Answering> running, List<Sequence> idle, int share) {
    int next = 0;
    for (Answering each : running) {
      for (; next < idle.size() && idle.get(next).number < each.sequence().number; next++) {
        idle.get(next).pad(batch);
      }
      if (each.readsPrompt()) {
        each.addPrompt(batch, share);
      } else {
        each.addChosen(batch);
      }
    }
    idle.subList(next, idle.size()).forEach(each -> each.pad(batch));
  }

  /** Computes the batch, and tells how long it took. */
  private long compute(List<Answering> running) {
    long begun = System.nanoTime();
    compute(running, 0, batch.size());
    return System.nanoTime() - begun;
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
