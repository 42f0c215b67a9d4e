package com.sutazai.tasks;

import com.sutazai.queue.Backoff;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** How long a task that failed waits for its next try. */
@ApplicationScoped
class Retries {
  private final TasksConfig config;

  Retries(TasksConfig config) {
    this.config = config;
  }

  /**
   * Doubles with each try.
   *
   * @param attempt the try that failed; the first is 1
   */
  Duration pauseAfter(int attempt) {
    return Backoff.pause(config.retryPause(), attempt - 1, config.maxRetryPause());
  }
}
