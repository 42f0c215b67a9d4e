package com.sutazai.tasks.workflow;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** Bounds on workflows. */
@ConfigMapping(prefix = "sutazai.workflows")
public interface WorkflowsConfig {
  /** Steps of one workflow. */
  @WithDefault("500")
  @Min(1)
  int maxSteps();

  /** Unfinished workflows of one owner; past it 409 {@code wrong_state}. */
  @WithDefault("10000")
  @Min(0)
  int maxOpen();

  /** How long ended workflows are kept; 0: for ever. */
  @WithDefault("30d")
  @DurationMin
  Duration keep();
}
