package com.sutazai.security.key;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sutazai.security.quota.Left;
import com.sutazai.security.quota.Limits;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key.
 *
 * @param models that it may ask; all when empty
 * @param taskTypes that it may submit; all when empty
 * @param prefixes what its valid secrets begin with, after {@code sk-sutazai-}; the newest first
 * @param lastUsedAt to the minute
 * @param limits of its own; what is null is left to the settings
 * @param left of its limits, in the answer about one key
 * @param key the secret, in the answer that makes it alone
 */
@RegisterForReflection
@JsonInclude
record ApiKey(
    UUID id,
    String name,
    String owner,
    List<String> scopes,
    List<String> models,
    List<String> taskTypes,
    List<String> prefixes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt,
    Limits limits,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Left> left,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {

  ApiKey with(Secret secret) {
    return new ApiKey(
        id,
        name,
        owner,
        scopes,
        models,
        taskTypes,
        List.of(secret.prefix()),
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        limits,
        null,
        secret.text());
  }

  ApiKey with(List<Left> amounts) {
    return new ApiKey(
        id,
        name,
        owner,
        scopes,
        models,
        taskTypes,
        prefixes,
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        limits,
        amounts,
        key);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "key " + id + " " + name;
  }
}
