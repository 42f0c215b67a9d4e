package com.sutazai.inference.preparation;

import java.time.Duration;
import java.util.Optional;

/** What is set about preparing. */
record Prepare(boolean pull, boolean preload, Optional<Duration> keepAlive)
    implements PrepareConfig {
  static final Prepare NOTHING = new Prepare(false, false, Optional.empty());
}
