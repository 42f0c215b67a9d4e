package com.sutazai.agents.hardware;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where the hardware agent may look, and where it may delete. */
@ConfigMapping(prefix = "sutazai.agents.hardware")
public interface HardwareConfig {
  /** Folders that {@code storage_analysis} may look into; none unless set. */
  Optional<List<String>> roots();

  /** Folders in which {@code storage_cleanup} may delete and compress; none unless set. */
  Optional<List<String>> cleanupRoots();

  /** Files and folders that one task looks at, at most. */
  @WithDefault("100000")
  @Min(1)
  int maxFiles();

  /** How long one task looks at files, at most. */
  @WithDefault("5m")
  @DurationMin
  Duration maxTime();
}
