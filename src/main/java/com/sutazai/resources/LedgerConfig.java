package com.sutazai.resources;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.hibernate.validator.constraints.time.DurationMin;

/** What may be leased, for how long, and how leases wait. */
@ConfigMapping(prefix = "sutazai.resources")
public interface LedgerConfig {
  /** Shares by type: {@code max-total-percent} and {@code max-holder-percent}. */
  Map<String, Share> policies();

  /**
   * What a task of an agent needs while it runs, by the agent's name and the type of resource;
   * instead of what the agent itself says.
   */
  Map<String, Map<String, Double>> needs();

  /** GPUs of this machine, where its driver does not tell. */
  @Min(0)
  OptionalInt gpus();

  /** Folder whose file system is the resource {@code disk}. */
  @WithDefault(".")
  String disk();

  /** Leases at once; past it 503 {@code resource_busy}. */
  @WithDefault("1000")
  @Min(0)
  int maxLeases();

  /** Leases that may wait for one type; past it the least urgent is refused. */
  @WithDefault("100")
  @Min(0)
  int maxWaiting();

  /** Longest {@code wait_seconds}. */
  @WithDefault("60s")
  @DurationMin
  Duration maxWait();

  /** Longest {@code duration_seconds}. */
  @WithDefault("24h")
  @DurationMin
  Duration maxDuration();

  /** The policy of one type. */
  interface Share {
    /** What all holders may have together, in percent of what there is. */
    int maxTotalPercent();

    /** What one holder may have, in percent of what there is. */
    int maxHolderPercent();
  }
}
