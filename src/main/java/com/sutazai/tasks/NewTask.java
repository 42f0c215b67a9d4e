package com.sutazai.tasks;

import com.sutazai.tasks.callback.Callback;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A checked task that is to be stored.
 *
 * @param byAdmin whether who submitted it may do everything
 * @param keyId whose quotas it counts for; null where it came without a key
 * @param agentId that will run it, as far as that is known
 * @param agentRequired whether no other may
 */
public record NewTask(
    UUID id,
    UUID owner,
    boolean byAdmin,
    @Nullable UUID keyId,
    String type,
    @Nullable UUID agentId,
    @Nullable String agent,
    boolean agentRequired,
    int priority,
    int maxRetries,
    int timeoutSeconds,
    List<String> requiredCapabilities,
    String payload,
    Instant createdAt,
    Instant runAt,
    @Nullable Instant expiresAt,
    List<UUID> dependsOn,
    @Nullable Callback callback) {
  /** Whether nothing is stored with it but its job. */
  boolean standsAlone() {
    return dependsOn.isEmpty() && callback == null;
  }

  /** The agent that has to run it; null where any may that can. */
  @Nullable UUID requiredAgent() {
    return agentRequired ? agentId : null;
  }

  /** Whether it waits for nothing but its turn. */
  boolean isDue() {
    return dependsOn.isEmpty() && !runAt.isAfter(createdAt);
  }
}
