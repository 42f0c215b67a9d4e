package com.sutazai.security.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How long the audit log is kept. */
@ConfigMapping(prefix = "sutazai.audit")
public interface AuditConfig {
  /** Age from which rows are removed; 0: never. */
  @WithDefault("365d")
  @DurationMin
  Duration keep();
}
