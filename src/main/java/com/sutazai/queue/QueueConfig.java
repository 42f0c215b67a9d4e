package com.sutazai.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How this process takes part in the durable queue. */
@ConfigMapping(prefix = "sutazai.queue")
public interface QueueConfig {
  /**
   * Jobs that this process runs at once, those not counted whose end is being stored; 0: it takes
   * tasks in and leaves them to others.
   */
  @WithDefault("50")
  @Min(0)
  int workers();

  /**
   * Jobs that this process claims beyond those that it runs at once; only of types whose runs were
   * short.
   */
  @WithDefault("450")
  @Min(0)
  int prefetch();

  /** How long an idle process waits before it looks for jobs that it was not told of. */
  @WithDefault("500ms")
  @DurationMin(millis = 1)
  Duration pollInterval();

  /** How long a claim holds without a sign of life, on the database's clock. */
  @WithDefault("30s")
  @DurationMin(millis = 1)
  Duration lease();

  /** How often a running claim is renewed. */
  @WithDefault("10s")
  @DurationMin(millis = 1)
  Duration heartbeat();

  /** How long running jobs may finish when the process is stopped; then they are handed back. */
  @WithDefault("5s")
  @DurationMin
  Duration stopGrace();
}
