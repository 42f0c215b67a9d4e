package com.sutazai.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A task as a caller asks for it; everything but {@code type} may be left out.
 *
 * @param priority 0 to 10, higher first; 5 by default
 * @param runAt not before this moment
 * @param expiresAt not begun any more from this moment on: then it has failed as {@code expired}
 * @param dependsOn ids of tasks that must have completed before; one that fails or is cancelled
 *     cancels this one
 * @param callbackUrl is told, by a signed {@code POST} of the task, that it has ended; at most
 *     2,000 characters, {@code http} or {@code https}
 */
@RegisterForReflection
public record SubmitTask(
    @Nullable String type,
    @Nullable JsonNode payload,
    @Nullable String agentId,
    @Schema(minimum = "0", maximum = "10", defaultValue = "5") @Nullable Integer priority,
    @Nullable List<String> requiredCapabilities,
    @Schema(minimum = "1", maximum = "86400", defaultValue = "300")
        @Nullable Integer timeoutSeconds,
    @Schema(minimum = "0", maximum = "20", defaultValue = "3") @Nullable Integer maxRetries,
    @Nullable Instant runAt,
    @Nullable Instant expiresAt,
    @Nullable List<String> dependsOn,
    @Nullable String callbackUrl) {
  /** One of that type, and nothing else said. */
  public static SubmitTask of(String type, @Nullable JsonNode payload) {
    return new SubmitTask(type, payload, null, null, null, null, null, null, null, null, null);
  }
}
