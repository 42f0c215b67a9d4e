package com.sutazai.inference;

import com.sutazai.inference.SharedGeneration.Reader;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Identical requests of one owner that are under way share one call to the model: whoever comes
 * later gets what came so far, and the call ends early only when the last one leaves.
 */
@Singleton
class SharedGenerations {
  private final Map<Key, SharedGeneration> underWay = new HashMap<>();
  private final Counter joined;

  SharedGenerations(MeterRegistry registry) {
    joined =
        Counter.builder(MetricNames.MODEL_REQUESTS_COLLAPSED)
            .description("Requests that were answered by the call of an identical one under way")
            .register(registry);
  }

  /**
   * What makes requests identical.
   *
   * @param request stands for operation, model and body, patience, urgency and billing
   */
  record Key(UUID owner, String request) {}

  /**
   * Joins the call that is under way, or becomes the first of a new one.
   *
   * @param opener opens it if nobody did before: the first one may leave, or have no quota left
   * @param streams whether the reader passes on what comes before the end
   */
  Reader join(Key key, boolean streams, SharedGeneration.Opener opener)
      throws InterruptedException {
    return enter(key, streams, opener).open();
  }

  private Reader enter(Key key, boolean streams, SharedGeneration.Opener opener) {
    synchronized (underWay) {
      SharedGeneration known = underWay.get(key);
      Optional<Reader> later = known == null ? Optional.empty() : known.join(opener, streams);
      if (later.isPresent()) {
        joined.increment();
        return later.get();
      }
      SharedGeneration fresh = new SharedGeneration(this, key);
      underWay.put(key, fresh);
      return fresh.begin(opener, false, streams);
    }
  }

  /** Opens a call that nobody joins. */
  Reader alone(Key key, SharedGeneration.Opener opener) throws InterruptedException {
    return new SharedGeneration(this, key).begin(opener, true, true).open();
  }

  /** Lets go of a reader; true when it was the last one, and nobody can join any more. */
  boolean left(SharedGeneration generation, Reader reader) {
    synchronized (underWay) {
      if (!generation.leave(reader)) {
        return false;
      }
      underWay.remove(generation.key(), generation);
      return true;
    }
  }

  /** Lets nobody join any more. */
  void close(SharedGeneration generation) {
    synchronized (underWay) {
      underWay.remove(generation.key(), generation);
    }
  }
}
