package com.sutazai.platform.id;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;

/** The one source of time, in microseconds as the database keeps it; tests put in their own. */
class Clock {
  @Produces
  @Singleton
  InstantSource system() {
    return InstantSource.tick(InstantSource.system(), Duration.ofNanos(1000));
  }
}
