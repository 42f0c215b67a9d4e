package com.sutazai.realtime;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;

/** How many may listen. */
@ConfigMapping(prefix = "sutazai.realtime")
public interface RealtimeConfig {
  /** Event streams that are open at once; past it 503 {@code too_many_streams}. */
  @WithDefault("1000")
  @Min(0)
  int maxStreams();
}
