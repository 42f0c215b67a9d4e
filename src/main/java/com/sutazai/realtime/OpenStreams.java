package com.sutazai.realtime;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Semaphore;

/** Places for event streams. */
@ApplicationScoped
class OpenStreams {
  private final Semaphore places;

  OpenStreams(RealtimeConfig config) {
    places = new Semaphore(config.maxStreams());
  }

  Semaphore places() {
    return places;
  }
}
