package com.sutazai.tasks;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long a task that failed waits for its next try. */
@ApplicationScoped
class Retries {
  private final TasksConfig config;

  Retries(TasksConfig config) {
    this.config = config;
  }

  /**
   * Exponential with full jitter on its upper half, so that failures of one moment do not come back
   * together.
   *
   * @param attempt the try that failed; the first is 1
   */
  Duration pauseAfter(int attempt) {
    long base = config.retryPause().toMillis() << Math.min(attempt - 1, 20);
    long capped = Math.min(base, config.maxRetryPause().toMillis());
    return Duration.ofMillis(capped / 2 + ThreadLocalRandom.current().nextLong(capped / 2 + 1));
  }
}
