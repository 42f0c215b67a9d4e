package com.sutazai.inference;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** When a request is sent to a second server beside the first. */
@ConfigMapping(prefix = "sutazai.inference")
interface HedgeConfig {
  /**
   * How long a server may take for the first token of an interactive request until another one is
   * asked too; never when it is not set.
   */
  Optional<Duration> hedgeAfter();

  /** Most requests that are sent to a second server, as a share of those that could be. */
  @WithDefault("0.05")
  double hedgeShare();
}
