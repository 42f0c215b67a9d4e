package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Texts whose embeddings somebody waits for. */
public final class EmbeddingRequest {
  private final List<int[]> texts;
  private final CompletableFuture<List<float[]>> done = new CompletableFuture<>();
  private final List<float[]> results = new ArrayList<>();
  private volatile boolean cancelled;

  EmbeddingRequest(List<int[]> texts) {
    this.texts = texts;
    if (texts.isEmpty()) {
      done.complete(List.of());
    }
  }

  /** Done with an embedding of length 1 for each text, or with the failure. */
  public CompletableFuture<List<float[]>> done() {
    return done;
  }

  /** The embeddings are not wanted any more. */
  public void cancel() {
    cancelled = true;
  }

  /** Whether nothing is to be computed for it any more. */
  boolean over() {
    if (cancelled) {
      fail(new EngineException(Kind.CANCELLED, "the caller has gone"));
    }
    return done.isDone();
  }

  /** The texts that are next, so many at most, and together with no more tokens than that. */
  List<int[]> next(int count, int tokens) {
    List<int[]> group = new ArrayList<>();
    int left = tokens;
    for (int i = results.size(); i < texts.size() && group.size() < count; i++) {
      left -= texts.get(i).length;
      if (left < 0) {
        break;
      }
      group.add(texts.get(i));
    }
    return group;
  }

  /** Takes the embeddings of the texts that were next. */
  void add(List<float[]> embeddings) {
    results.addAll(embeddings);
    if (results.size() == texts.size()) {
      done.complete(List.copyOf(results));
    }
  }

  void fail(EngineException failure) {
    done.completeExceptionally(failure);
  }
}
