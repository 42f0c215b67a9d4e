package com.sutazai.inference;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** Whether requests for embeddings are sent together. */
@ConfigMapping(prefix = "sutazai.inference")
public interface EmbeddingConfig {
  /**
   * How long a request for embeddings waits for others of its owner that can be sent together with
   * it, at most 10 ms; 0 sends each alone.
   */
  @WithDefault("0ms")
  @DurationMin
  Duration embeddingWindow();

  /** Most texts that are sent together. */
  @WithDefault("32")
  @Min(1)
  int embeddingBatch();
}
