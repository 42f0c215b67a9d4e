package com.sutazai.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Optional;

/** Who may come in, and through which address. */
@ConfigMapping(prefix = "sutazai")
public interface SecurityConfig {
  /**
   * Key that an administrator sends as {@code Authorization: Bearer}; once set, credentials are
   * needed everywhere.
   */
  Optional<String> adminKey();

  /** Address to listen on; anything but loopback needs credentials. */
  @WithDefault("127.0.0.1")
  String host();

  /** Port of the HTTP API. */
  @WithDefault("10010")
  @Min(0)
  @Max(65535)
  int port();
}
