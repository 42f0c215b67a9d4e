package com.sutazai.platform.sql;

import io.smallrye.config.ConfigMapping;

/** How the database is used. */
@ConfigMapping(prefix = "sutazai.database")
interface DatabaseConfig {
  /**
   * Connections that this process opens at most. By default 10 to the embedded server, 50 to
   * another one; several processes on one server share its {@code max_connections}.
   */
  int maxConnections();
}
