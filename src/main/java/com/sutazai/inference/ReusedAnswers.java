package com.sutazai.inference;

import com.sutazai.inference.AnswerKeys.AnswerKey;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.backend.Chunk;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers that serve more than one request: those that are kept, and those that are under way. Only
 * an answer that somebody read to its end is kept.
 */
@ApplicationScoped
class ReusedAnswers {
  private final AnswerKeys keys;
  private final KeptAnswers answers;
  private final SharedGenerations shared;
  private final ModelCalls calls;

  ReusedAnswers(AnswerKeys keys, KeptAnswers answers, SharedGenerations shared, ModelCalls calls) {
    this.keys = keys;
    this.answers = answers;
    this.shared = shared;
    this.calls = calls;
  }

  /** The answer, from wherever it may be had; waits for its first token. */
  Generation open(ModelRequest request) throws InterruptedException {
    if (request.reuse() == Reuse.NONE) {
      return calls.open(request);
    }
    long came = System.nanoTime();
    AnswerKey key = keys.of(request);
    Asking asking = new Asking(request, key, came);
    if (request.reuse() == Reuse.FRESH) {
      return shared.alone(key.underWay(), asking);
    }
    Optional<KeptGeneration> kept = key.kept().flatMap(under -> answers.peek(under.key(), came));
    return kept.isPresent() ? kept.get() : shared.join(key.underWay(), asking);
  }

  /** Looks further for the answer, asks the model for it, and keeps it. */
  private final class Asking implements SharedGeneration.Opener {
    private final ModelRequest request;
    private final AnswerKey key;
    private final long came;

    /** Only used by who reads for all. */
    private KeptAnswers.@Nullable Begun begun;

    Asking(ModelRequest request, AnswerKey key, long came) {
      this.request = request;
      this.key = key;
      this.came = came;
    }

    @Override
    public Generation open() throws InterruptedException {
      if (request.reuse() == Reuse.FULL) {
        Optional<KeptGeneration> kept =
            key.kept().flatMap(under -> answers.find(under.key(), came));
        if (kept.isPresent()) {
          return kept.get();
        }
      }
      begun = answers.begin();
      return calls.open(request);
    }

    @Override
    public boolean keep(Generation whole, List<Chunk> pieces) {
      KeptAnswers.Begun asked = begun;
      return asked != null
          && key.kept()
              .or(() -> keys.of(request).kept()) // by now it is known who has the model
              .filter(under -> asked.keep(under, request.operation(), whole, pieces))
              .isPresent();
    }
  }
}
