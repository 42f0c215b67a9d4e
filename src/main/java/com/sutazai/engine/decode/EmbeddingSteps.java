package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.Batch;
import com.sutazai.engine.llama.Context;
import com.sutazai.engine.llama.ContextSize;
import com.sutazai.engine.llama.Model;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes embeddings, in steps as short as those of answers, so that neither waits long for the
 * other. They have a context of their own, made for the first of them. Requests take turns, a group
 * of texts each.
 */
final class EmbeddingSteps implements AutoCloseable {
  private final Model model;
  private final Capacity capacity;
  private final Pooling pooling;
  private final boolean whole;
  private final PromptBudget budget;
  private final List<PooledText> group = new ArrayList<>();
  private @Nullable Context context;
  private @Nullable Batch batch;
  private @Nullable EmbeddingRequest request;

  EmbeddingSteps(Model model, Capacity capacity) {
    this.model = model;
    this.capacity = capacity;
    pooling = Pooling.of(model);
    whole = Pooling.needsWhole(model);
    budget = new PromptBudget(batchSize());
  }

  private int batchSize() {
    return whole ? capacity.context() : capacity.batch();
  }

  boolean busy() {
    return request != null;
  }

  /**
   * Computes one step of the request at hand, or of the next one that waits.
   *
   * @param alone whether nobody else waits for steps
   */
  void next(Inbox inbox, boolean alone) {
    EmbeddingRequest current = request == null ? inbox.pollEmbedding() : request;
    if (current == null || current.over()) {
      finish();
      return;
    }
    request = current;
    try {
      step(current, alone);
      if (group.isEmpty() && !current.over()) {
        request = inbox.exchange(current);
      }
    } catch (RuntimeException e) {
      current.fail(new EngineException(Kind.FAILED, String.valueOf(e.getMessage())));
    }
    if (current.over()) {
      finish();
    }
  }

  private void step(EmbeddingRequest current, boolean alone) {
    Context place = context();
    Batch tokens = batch();
    if (group.isEmpty()) {
      begin(current);
    }
    tokens.clear();
    int left = whole ? tokens.room() : alone ? budget.alone() : budget.besideOthers();
    for (PooledText text : group) {
      left -= text.addTo(tokens, left);
    }
    long begun = System.nanoTime();
    if (!place.decode(tokens, 0, tokens.size())) {
      throw new EngineException(Kind.FAILED, "the engine cannot compute an embedding");
    }
    budget.observe(tokens.size(), System.nanoTime() - begun);
    group.forEach(text -> text.collect(place));
    if (group.stream().allMatch(PooledText::complete)) {
      current.add(group.stream().map(PooledText::embedding).toList());
      forgetGroup();
    }
  }

  private void begin(EmbeddingRequest current) {
    for (int[] text : current.next(capacity.sequences(), capacity.context())) {
      group.add(new PooledText(group.size(), text, pooling, model.embeddingSize()));
    }
  }

  private void finish() {
    request = null;
    forgetGroup();
  }

  private void forgetGroup() {
    if (context != null) {
      for (int sequence = 0; sequence < group.size(); sequence++) {
        context.forgetAll(sequence);
      }
    }
    group.clear();
  }

  private Context context() {
    if (context == null) {
      var size =
          new ContextSize(
              capacity.context(), batchSize(), capacity.sequences(), capacity.threads(), true);
      context = new Context(model, size);
    }
    return context;
  }

  private Batch batch() {
    if (batch == null) {
      batch = new Batch(batchSize());
    }
    return batch;
  }

  /** Fails what is not done. */
  void fail(EngineException failure) {
    if (request != null) {
      request.fail(failure);
    }
  }

  @Override
  public void close() {
    if (batch != null) {
      batch.close();
    }
    if (context != null) {
      context.close();
    }
  }
}
