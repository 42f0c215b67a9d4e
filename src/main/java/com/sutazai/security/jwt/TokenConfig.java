package com.sutazai.security.jwt;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;
import java.util.Set;

/** Whose tokens are taken, and what they say. */
@ConfigMapping(prefix = "sutazai.security")
interface TokenConfig {
  /** Issuer of tokens, as their {@code iss} has it; once set, credentials are needed everywhere. */
  Optional<String> issuer();

  /**
   * Where the issuer publishes its keys; by default where {@code
   * <issuer>/.well-known/openid-configuration} says.
   */
  Optional<String> jwksUrl();

  /** What a token's {@code aud} has to name; nothing in particular when unset. */
  Optional<String> audience();

  /** Claim that names the owner. */
  @WithDefault("sub")
  String ownerClaim();

  /**
   * Claims, with commas, that name scopes and roles: texts with spaces between them, or lists. What
   * is neither is left out.
   */
  @WithDefault("scope,groups")
  Set<String> scopeClaims();
}
