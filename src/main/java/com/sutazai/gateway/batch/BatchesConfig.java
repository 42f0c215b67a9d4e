package com.sutazai.gateway.batch;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** Bounds on files and batches. */
@ConfigMapping(prefix = "sutazai.batches")
public interface BatchesConfig {
  /** Largest file that is taken; past it 413. */
  @WithDefault("200M")
  MemorySize maxFile();

  /** Longest line of a batch's input. */
  @WithDefault("8M")
  MemorySize maxLine();

  /** What one owner's files may hold together before no more are taken. */
  @WithDefault("2G")
  MemorySize maxStored();

  /**
   * How long files and ended batches are kept, those of an unfinished batch longer; 0: for ever.
   */
  @WithDefault("30d")
  @DurationMin
  Duration keep();

  /** Unfinished batches of one owner. */
  @WithDefault("100")
  @Min(0)
  int maxOpen();

  /** Lines that this process asks at once. */
  @WithDefault("4")
  @Min(0)
  int concurrency();

  /** Pause after the model server was busy or away; doubles each time, with jitter. */
  @WithDefault("5s")
  @DurationMin
  Duration retryPause();

  /** Longest such pause. */
  @WithDefault("5m")
  @DurationMin
  Duration maxRetryPause();
}
