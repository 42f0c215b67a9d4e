package com.sutazai.security;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;
import java.util.Set;

/** What the HTTP door takes. */
@ConfigMapping(prefix = "sutazai.http")
interface HttpConfig {
  /** Further {@code Host} names that open mode answers. */
  Optional<Set<String>> allowedHosts();

  /** Largest body of a request. */
  @WithDefault("1M")
  MemorySize maxBody();

  /** Largest body of bulk requests and of chats, which carry images. */
  @WithDefault("32M")
  MemorySize maxBulkBody();
}
