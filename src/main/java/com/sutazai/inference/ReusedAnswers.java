package com.sutazai.inference;

import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Cached;
import com.sutazai.cache.Lease;
import com.sutazai.cache.Region.Turn;
import com.sutazai.inference.AnswerKeys.AnswerKey;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.backend.Chunk;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Answers that serve more than one request: those that are kept, and those that are under way. Only
 * an answer that somebody read to its end is kept.
 */
@Singleton
class ReusedAnswers {
  /** For a caller who does not say how long it waits: the region's own limit holds. */
  private static final Duration LONG = Duration.ofDays(1);

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

  /**
   * The answer, from wherever it may be had; waits for its first token.
   *
   * @param streams whether the caller passes on what comes before the end
   */
  Generation open(ModelRequest request, boolean streams) throws InterruptedException {
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
    return kept.isPresent() ? kept.get() : shared.join(key.underWay(), streams, asking);
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
    public Generation open(CountDownLatch streamed) throws InterruptedException {
      if (request.reuse() == Reuse.FULL && key.kept().isPresent()) {
        CacheKey under = key.kept().get().key();
        Optional<KeptGeneration> kept = answers.find(under, came);
        return kept.isPresent() ? kept.get() : inTurn(under, streamed);
      }
      return ask(request, Lease.NONE);
    }

    /** What another process keeps meanwhile, or the model's answer. */
    private Generation inTurn(CacheKey under, CountDownLatch streamed) throws InterruptedException {
      long start = System.nanoTime();
      Duration most = request.patience();
      return switch (answers.turn(under, most == null ? LONG : most, streamed)) {
        case Turn.Over<KeptAnswer>(Cached<KeptAnswer> kept) -> KeptAnswers.told(kept, came);
        case Turn.Ours<KeptAnswer>(Lease lease) when most == null -> ask(request, lease);
        case Turn.Ours<KeptAnswer>(Lease lease) -> {
          Duration left = most.minusNanos(System.nanoTime() - start);
          yield ask(request.within(Optional.of(left.isNegative() ? Duration.ZERO : left)), lease);
        }
      };
    }

    private Generation ask(ModelRequest asked, Lease lease) throws InterruptedException {
      begun = answers.begin(lease);
      boolean opened = false;
      try {
        Generation generation = calls.open(asked);
        opened = true;
        return generation;
      } finally {
        if (!opened) {
          lease.close();
        }
      }
    }

    @Override
    public void over() {
      KeptAnswers.Begun asked = begun;
      if (asked != null) {
        asked.over();
      }
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
