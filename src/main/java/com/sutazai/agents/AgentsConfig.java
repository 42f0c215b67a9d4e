package com.sutazai.agents;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Patience with workers: agents that run outside of this program. */
@ConfigMapping(prefix = "sutazai.agents")
public interface AgentsConfig {
  /** Silence after which a worker counts as offline. */
  @WithDefault("120s")
  Duration silentAfter();

  /** How long a worker holds a task without a heartbeat; past it another may take the task. */
  @WithDefault("90s")
  Duration workerLease();
}
