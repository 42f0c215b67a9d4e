package com.sutazai.monitoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.caller.Scope;
import com.sutazai.queue.QueueDepth;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything can be served. Answers 200 also when degraded: the model doors work without the
 * database, and the rest works without a model. Asks nobody: it tells what is known already.
 */
@Path("/health")
@Tag(name = "Operation")
@Requires.Nothing
class HealthResource {
  private final QueueDepth depth;
  private final HealthOfParts parts;
  private final CurrentCaller caller;
  private final InstantSource clock;

  HealthResource(QueueDepth depth, HealthOfParts parts, CurrentCaller caller, InstantSource clock) {
    this.depth = depth;
    this.parts = parts;
    this.caller = caller;
    this.clock = clock;
  }

  /**
   * The answer.
   *
   * @param status {@code ok}, or {@code degraded} when the database cannot be used or written
   * @param queueSize tasks that wait to be run; null when the database cannot tell
   * @param checks each part by name; only for callers who may see it
   */
  @RegisterForReflection
  @JsonInclude
  record Health(
      String status,
      @Nullable Long queueSize,
      Instant timestamp,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> checks) {}

  @GET
  @NonBlocking
  @Operation(summary = "Whether anything can be served; with checks for callers with metrics:read")
  public Health health() {
    OptionalLong waiting = depth.total();
    return new Health(
        parts.takesTasks() ? "ok" : "degraded",
        waiting.isPresent() ? waiting.getAsLong() : null,
        clock.instant(),
        caller.find().filter(each -> each.may(Scope.METRICS_READ)).isPresent()
            ? parts.all()
            : null);
  }
}
