package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Asks for embeddings. Identical requests of one owner that are under way share one call: the first
 * one makes it, and the others wait for that; when it leaves before, or its key has no quota left,
 * the next one makes it anew.
 */
@ApplicationScoped
class Embeddings {
  private final WholeAnswers answers;
  private final Map<Key, Flight> underWay = new HashMap<>();
  private final Counter joined;

  @Inject
  Embeddings(EmbeddingWindow window, MeterRegistry registry) {
    this(window::ask, registry);
  }

  Embeddings(WholeAnswers answers, MeterRegistry registry) {
    this.answers = answers;
    joined = registry.counter(MetricNames.MODEL_REQUESTS_COLLAPSED);
  }

  private record Key(UUID owner, String request) {
    static Key of(ModelRequest request) {
      return new Key(request.caller().owner(), request.kind() + Canonical.text(request.body()));
    }
  }

  /** One call and how it ended. */
  private static final class Flight {
    private final ReentrantLock asking = new ReentrantLock();

    /** Only used by who holds {@code asking}. */
    private @Nullable JsonNode answer;

    /** Only used by who holds {@code asking}. */
    private @Nullable ProblemException failure;

    /** Those who wait for it; only used by who holds the map. */
    private int callers;
  }

  /** The answer in the dialect of the request. */
  JsonNode ask(ModelRequest request) throws InterruptedException {
    if (!request.shared()) {
      return answers.to(request);
    }
    Key key = Key.of(request);
    Flight flight = join(key);
    try {
      flight.asking.lockInterruptibly();
      try {
        return answer(flight, key, request);
      } finally {
        flight.asking.unlock();
      }
    } finally {
      leave(key, flight);
    }
  }

  private JsonNode answer(Flight flight, Key key, ModelRequest request)
      throws InterruptedException {
    if (flight.failure != null) {
      throw flight.failure;
    }
    if (flight.answer == null) {
      try {
        flight.answer = answers.to(request);
      } catch (ProblemException failure) {
        if (failure.code() != ErrorCode.QUOTA_EXCEEDED) { // of this caller's key, not of the next's
          flight.failure = failure;
        }
        throw failure;
      } finally {
        if (flight.answer != null || flight.failure != null) {
          close(key, flight);
        }
      }
    }
    return flight.answer;
  }

  private Flight join(Key key) {
    synchronized (underWay) {
      Flight flight = underWay.computeIfAbsent(key, fresh -> new Flight());
      if (flight.callers++ > 0) {
        joined.increment();
      }
      return flight;
    }
  }

  private void leave(Key key, Flight flight) {
    synchronized (underWay) {
      if (--flight.callers == 0) {
        underWay.remove(key, flight);
      }
    }
  }

  /** It ended: who comes now asks anew. */
  private void close(Key key, Flight flight) {
    synchronized (underWay) {
      underWay.remove(key, flight);
    }
  }
}
