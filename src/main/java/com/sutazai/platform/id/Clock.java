package com.sutazai.platform.id;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** The one source of time; tests put their own in its place. */
class Clock {
  @Produces
  @Singleton
  InstantSource system() {
    return InstantSource.system();
  }
}
