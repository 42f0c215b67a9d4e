package com.sutazai.security.key;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How long browsers stay logged in. */
@ConfigMapping(prefix = "sutazai.security")
interface SessionConfig {
  /**
   * How long a session may be without a request or an open stream. Uses are written down once a
   * minute, so it is no shorter than five.
   */
  @WithDefault("8h")
  @DurationMin(minutes = 5)
  Duration sessionIdle();
}
