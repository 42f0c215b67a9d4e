package com.sutazai.engine.llama;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Chooses the tokens of one answer by llama.cpp's samplers, in the order that its own server has
 * them. Belongs to the context's thread.
 */
public final class Sampler implements AutoCloseable {
  private static final String START = "root";

  private final Model model;
  private final SamplerFunctions functions;
  private final SamplerKinds kinds;
  private final MemorySegment chain;
  private final Optional<GrammarFilter> grammar;

  /**
   * Makes one.
   *
   * @param grammar rules in GBNF that the answer keeps to, the first one named root
   * @throws LlamaException if the grammar cannot be read
   */
  public Sampler(Model model, Sampling sampling, Optional<String> grammar) {
    this.model = model;
    functions = model.library.samplers;
    kinds = model.library.samplerKinds;
    this.grammar = grammar.map(this::filter);
    chain = functions.chain();
    if (sampling.penalizes()) {
      add(
          kinds.penalties(
              model.vocabularySize(),
              sampling.repeatLast(),
              sampling.repeatPenalty(),
              sampling.frequencyPenalty(),
              sampling.presencePenalty()));
    }
    choice(sampling);
  }

  private GrammarFilter filter(String rules) {
    if (rules.indexOf(0) >= 0) {
      throw new LlamaException("a grammar may not hold the character U+0000");
    }
    MemorySegment pointer = kinds.grammar(model.vocabulary, rules, START);
    if (Native.isNull(pointer)) {
      throw new LlamaException("the grammar cannot be read");
    }
    return new GrammarFilter(functions, pointer, model.vocabularySize());
  }

  private void choice(Sampling sampling) {
    if (sampling.temperature() == 0) {
      add(kinds.greedy());
      return;
    }
    if (sampling.mirostat() > 0) {
      add(kinds.temperature(sampling.temperature()));
      add(
          sampling.mirostat() == 1
              ? kinds.mirostat(
                  model.vocabularySize(),
                  sampling.seed(),
                  sampling.mirostatTau(),
                  sampling.mirostatEta())
              : kinds.mirostat2(sampling.seed(), sampling.mirostatTau(), sampling.mirostatEta()));
      return;
    }
    add(kinds.topK(sampling.topK()));
    add(kinds.typical(sampling.typicalP()));
    add(kinds.topP(sampling.topP()));
    add(kinds.minP(sampling.minP()));
    add(kinds.temperature(sampling.temperature()));
    add(kinds.random(sampling.seed()));
  }

  private void add(MemorySegment sampler) {
    functions.add(chain, sampler);
  }

  /** Tells it of a token of the prompt, so that its repetition counts. */
  public void accept(int token) {
    functions.accept(chain, token);
  }

  /**
   * Chooses what follows the output with this index in the batch that was computed last.
   *
   * @throws LlamaException if no token of the vocabulary keeps to the grammar
   */
  public int sample(Context context, int index) {
    return grammar.isPresent()
        ? grammar.get().sample(chain, context.logits(index))
        : functions.sample(chain, context.pointer, index);
  }

  @Override
  public void close() {
    functions.free(chain);
    grammar.ifPresent(GrammarFilter::close);
  }
}
