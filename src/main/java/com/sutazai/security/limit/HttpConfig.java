package com.sutazai.security.limit;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What the HTTP door takes. */
@ConfigMapping(prefix = "sutazai.http")
public interface HttpConfig {
  /** Further {@code Host} names that open mode answers. */
  Optional<Set<String>> allowedHosts();

  /** Largest body of a request. */
  @WithDefault("1M")
  MemorySize maxBody();

  /** Largest body of bulk requests, of documents, and of chats, which carry images. */
  @WithDefault("32M")
  MemorySize maxBulkBody();

  /** Requests at once, event streams and waiting ones too; past it 503 {@code server_busy}. */
  @WithDefault("1000")
  int maxRequests();

  /** Connections that the system holds until they are taken. */
  @WithDefault("2048")
  int backlog();

  /** How long a connection may stay without a request. */
  @WithDefault("75s")
  Duration idleTimeout();

  /** How long requests at work may take when the process is stopped. */
  @WithDefault("30s")
  Duration stopGrace();
}
