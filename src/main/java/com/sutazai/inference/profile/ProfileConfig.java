package com.sutazai.inference.profile;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How long models are measured. */
@ConfigMapping(prefix = "sutazai.inference.profile")
public interface ProfileConfig {
  /** How long one measurement may take; what did not fit is missing in it. */
  @WithDefault("2m")
  @DurationMin(millis = 1)
  Duration limit();
}
