package com.sutazai.agents;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** Patience with workers: agents that run outside of this program. */
@ConfigMapping(prefix = "sutazai.agents")
public interface AgentsConfig {
  /** Silence after which a worker counts as offline. */
  @WithDefault("120s")
  @DurationMin(millis = 1)
  Duration silentAfter();

  /** How long a worker holds a task without a heartbeat; past it another may take the task. */
  @WithDefault("90s")
  @DurationMin(millis = 1)
  Duration workerLease();
}
