package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import java.util.List;

/** What a model can take in: llama.cpp ends the process where something else is computed. */
final class Admission {
  private Admission() {}

  /** Refuses a prompt that leaves no room for an answer. */
  static void check(AnswerRequest request, LoadedModel model) {
    int[] prompt = request.prompt();
    checkTokens(prompt, model);
    if (prompt.length == 0) {
      throw new EngineException(Kind.REFUSED, "the prompt has no tokens");
    }
    if (prompt.length >= model.context()) {
      throw new EngineException(
          Kind.REFUSED,
          "the prompt has "
              + prompt.length
              + " tokens, and the engine's context has "
              + model.context()
              + ": shorten the prompt, or let the engine have a larger context");
    }
  }

  /** Refuses texts whose embeddings cannot be computed. */
  static void check(List<int[]> texts, LoadedModel model) {
    for (int[] text : texts) {
      checkTokens(text, model);
      if (text.length == 0 || text.length > model.context()) {
        throw new EngineException(
            Kind.REFUSED,
            "a text has " + text.length + " tokens; it must have 1 to " + model.context());
      }
    }
  }

  private static void checkTokens(int[] tokens, LoadedModel model) {
    int bound = model.model().vocabularySize();
    for (int token : tokens) {
      if (token < 0 || token >= bound) {
        throw new EngineException(
            Kind.REFUSED, "the model has " + bound + " tokens, and no token " + token);
      }
    }
  }
}
