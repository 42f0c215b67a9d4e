package com.sutazai.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Cached;
import com.sutazai.cache.Caches;
import com.sutazai.cache.Changes;
import com.sutazai.cache.Lease;
import com.sutazai.cache.Region;
import com.sutazai.cache.Region.Turn;
import com.sutazai.inference.AnswerKeys.KeptUnder;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Operation;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The answers that are kept: whole ones of up to {@code sutazai.inference.cache.max-answer}. */
@Startup
@ApplicationScoped
class KeptAnswers {
  private final Region<KeptAnswer> region;
  private final Changes changes;
  private final long longest;
  private final ObjectMapper json;

  KeptAnswers(Caches caches, Changes changes, InferenceConfig config, ObjectMapper json) {
    this.changes = changes;
    this.json = json;
    region = caches.models(new KeptAnswerCodec());
    longest = config.cache().maxAnswer().asLongValue();
  }

  /** The answer if it is in memory; asks nobody. */
  Optional<KeptGeneration> peek(CacheKey key, long came) {
    return region.peek(key).map(found -> told(found, came));
  }

  /** The answer if it is in any tier. */
  Optional<KeptGeneration> find(CacheKey key, long came) {
    return region.find(key).map(found -> told(found, came));
  }

  /** Whose turn it is to ask the model, which may be another process's for so long at most. */
  Turn<KeptAnswer> turn(CacheKey key, Duration most, CountDownLatch streamed)
      throws InterruptedException {
    return region.turn(key, most, streamed);
  }

  static KeptGeneration told(Cached<KeptAnswer> found, long came) {
    return new KeptGeneration(found.value(), found.ttl(), came);
  }

  /** To be called before a model is asked, with the lease that was taken for that. */
  Begun begin(Lease lease) {
    region.missed();
    return new Begun(lease);
  }

  /**
   * What was known when a model was asked. The database is asked for it meanwhile; an answer that
   * comes before the database's is kept in memory only.
   */
  final class Begun {
    private final Region.Start here = new Region.Start(changes.count(), 0);
    private final CompletableFuture<Region.Start> everywhere =
        CompletableFuture.supplyAsync(
                region::begin, task -> Thread.ofVirtual().name("begin-answer").start(task))
            .exceptionally(failure -> here);
    private final Lease lease;

    private Begun(Lease lease) {
      this.lease = lease;
    }

    /** Keeps the answer, if it is one to keep; whether it did. */
    boolean keep(KeptUnder under, Operation operation, Generation whole, List<Chunk> pieces) {
      Optional<KeptAnswer> answer = KeptAnswer.of(operation, whole, pieces, longest, json);
      answer.ifPresent(
          each -> region.put(under.key(), everywhere.getNow(here), each, under.tags(), lease));
      return answer.isPresent();
    }

    /** Nothing more is to be kept. */
    void over() {
      lease.close();
    }
  }
}
