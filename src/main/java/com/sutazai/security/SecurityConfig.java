package com.sutazai.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.util.Optional;
import java.util.Set;

/** Who may come in, and through which address. */
@ConfigMapping(prefix = "sutazai")
interface SecurityConfig {
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
  int port();

  /** Further {@code Host} names that open mode answers. */
  @WithName("http.allowed-hosts")
  Optional<Set<String>> allowedHosts();
}
