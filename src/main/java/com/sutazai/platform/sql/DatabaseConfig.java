package com.sutazai.platform.sql;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the database is used. */
@ConfigMapping(prefix = "sutazai.database")
interface DatabaseConfig {
  /**
   * Connections that this process opens at most. By default 10 to the embedded server, 50 to
   * another one; several processes on one server share its {@code max_connections}.
   */
  int poolMax();

  /** Schema that holds the tables; made at the first start when it is not there. */
  @WithDefault("sutazai")
  String schema();
}
