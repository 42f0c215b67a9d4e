package com.sutazai.security.limit;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMin;

/** What the HTTP door takes. */
@ConfigMapping(prefix = "sutazai.http")
public interface HttpConfig {
  /** Further {@code Host} names that open mode answers. */
  Optional<Set<String>> allowedHosts();

  /** Origins whose pages may read answers; none unless listed. */
  Optional<Set<String>> corsOrigins();

  /** Largest body of a request. */
  @WithDefault("1M")
  MemorySize maxBody();

  /** Largest body of bulk requests, of documents, and of chats, which carry images. */
  @WithDefault("32M")
  MemorySize maxBulkBody();

  /** Longest first line of a request, its address included, in bytes. */
  @WithDefault("8192")
  @Min(1)
  int maxRequestLine();

  /** All header fields of a request together. */
  @WithDefault("20K")
  MemorySize maxHeaderSize();

  /** Header fields of a request. */
  @WithDefault("100")
  @Min(1)
  int maxHeaders();

  /** Requests at once, event streams and waiting ones too; past it 503 {@code server_busy}. */
  @WithDefault("1000")
  @Min(1)
  int maxRequests();

  /** Connections at once; past it new ones are closed. */
  @WithDefault("10000")
  @Min(1)
  int maxConnections();

  /** The same of one IPv4 address, or one IPv6 network of 64 bits. */
  @WithDefault("2000")
  @Min(1)
  int maxConnectionsPerAddress();

  /** Connections that the system holds until they are taken. */
  @WithDefault("2048")
  @Min(1)
  int backlog();

  /** How long a connection may stay without a request; 0 is no limit. */
  @WithDefault("75s")
  @DurationMin
  Duration idleTimeout();

  /** How long the first line and the header fields of a request may take, from their first byte. */
  @WithDefault("10s")
  @DurationMin
  Duration headerTimeout();

  /** How long a body may take before its rate is looked at. */
  @WithDefault("10s")
  @DurationMin
  Duration bodyGrace();

  /** Bytes per second that a body must come with from then on, on average; 0 is no such rule. */
  @WithDefault("240")
  @Min(0)
  int minBodyRate();

  /** How long requests at work may take when the process is stopped. */
  @WithDefault("30s")
  @DurationMin
  Duration stopGrace();
}
