package com.sutazai.inference.batch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMin;

/** How requests wait for a model server. */
@ConfigMapping(prefix = "sutazai.inference")
public interface BatchConfig {
  /**
   * Requests that may wait for a slot, and as many of tasks and batches beside them; past it 503
   * {@code model_busy}.
   */
  @WithDefault("1000")
  @Min(0)
  int maxWaiting();

  /**
   * Tokens, asked and still to be answered, that may wait for a slot, and as many of tasks and
   * batches beside them. One caller alone fills half of it, the next one half of the rest.
   */
  @WithDefault("1000000")
  @Min(0)
  long maxWaitingTokens();

  /** Longest wait for a slot; a request that would wait longer is refused when it comes. */
  @WithDefault("60s")
  @DurationMin
  Duration maxWait();

  /**
   * Tokens that a caller of weight 1 is served in one turn while others wait; about one short
   * answer.
   */
  @WithDefault("256")
  @Min(1)
  int quantum();

  /** Share of each owner by name beside the others; 1 where none is set. */
  Map<String, Integer> weights();
}
