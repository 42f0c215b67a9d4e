package com.sutazai.platform.sql;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How the database is used. */
@ConfigMapping(prefix = "sutazai.database")
public interface DatabaseConfig {
  /**
   * Connections that this process opens at most. By default 10 to the embedded server, 50 to
   * another one; several processes on one server share its {@code max_connections}.
   */
  @Min(1)
  int poolMax();

  /** How long a caller waits for a free connection; then 503 {@code database_unavailable}. */
  @WithDefault("1s")
  @DurationMin(millis = 1)
  Duration acquireTimeout();

  /** How long an unused connection is kept. */
  @WithDefault("300s")
  @DurationMin(millis = 1)
  Duration idleTimeout();

  /**
   * How long one statement may take; then 503 {@code database_unavailable}. The server ends it too,
   * and a transaction in which nothing has happened for so long.
   */
  @WithDefault("60s")
  @DurationMin(millis = 1)
  Duration statementTimeout();

  /** Schema that holds the tables; made at the first start when it is not there. */
  @WithDefault("sutazai")
  String schema();
}
