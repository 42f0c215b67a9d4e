package com.sutazai.security.proxy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** Which proxies are believed. */
@ConfigMapping(prefix = "sutazai.http")
interface ProxyConfig {
  /** Addresses of proxies, or networks such as {@code 10.0.0.0/8}, whose word on callers counts. */
  Optional<List<String>> trustedProxies();

  /**
   * The fields that those proxies write. Others are not read: a proxy passes on as they came those
   * that it does not write.
   */
  @WithDefault("x-forwarded")
  Fields proxyFields();

  /** Header fields by which proxies tell of callers. */
  enum Fields {
    /** {@code X-Forwarded-For} and {@code X-Forwarded-Proto}. */
    X_FORWARDED,
    /** {@code Forwarded} (RFC 7239). */
    FORWARDED
  }
}
