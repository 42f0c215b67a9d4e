package com.sutazai.boot;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where the program keeps its own database, and how patient it is with it. */
@ConfigMapping(prefix = "sutazai.boot")
public interface BootConfig {
  /**
   * Folder of the embedded database. Unset: {@code ./data} if it exists, else {@code
   * $XDG_DATA_HOME/sutazai}, for root {@code /var/lib/sutazai}.
   */
  Optional<String> dataDir();

  /** How long the embedded database may take to start, crash recovery included. */
  @WithDefault("5m")
  @DurationMin(millis = 1)
  Duration databaseStartTimeout();

  /** Free disk space below which the embedded database is not started. */
  @WithDefault("200M")
  MemorySize minFree();
}
