package com.sutazai.cache.redis;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where Redis is, and how much of it and of a caller's time the cache may take. */
@ConfigMapping(prefix = "sutazai.cache.redis")
public interface RedisConfig {
  /**
   * {@code redis://user:password@host:6379/0}, or another form of {@link RedisAddress}; {@code
   * REDIS_URL} sets it too. Without it there is no such tier.
   */
  Optional<String> url();

  /** A file of PEM certificates to trust instead of the machine's; for {@code rediss} alone. */
  Optional<Path> trustCertificate();

  /**
   * Connections that this process has open, to each server of a Cluster, whether it needs them or
   * not; no more than {@link #poolMax}.
   */
  @WithDefault("5")
  int poolMin();

  /** Connections that this process opens at most, to each server of a Cluster; one more listens. */
  @WithDefault("20")
  @Min(1)
  int poolMax();

  /** How long an operation may take, connecting and waiting for a connection included. */
  @WithDefault("1s")
  @DurationMin(millis = 1)
  Duration timeout();

  /** Largest entry; larger ones are not stored. */
  @WithDefault("1M")
  MemorySize maxEntry();
}
