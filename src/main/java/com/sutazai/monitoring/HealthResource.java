package com.sutazai.monitoring;

import com.sutazai.queue.QueueDepth;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything can be served. Answers 200 also when degraded: the model doors work without the
 * database.
 */
@Path("/health")
class HealthResource {
  private final QueueDepth depth;
  private final InstantSource clock;

  HealthResource(QueueDepth depth, InstantSource clock) {
    this.depth = depth;
    this.clock = clock;
  }

  /**
   * @param queueSize tasks that wait to be run, counted within the last second; null when the
   *     database cannot tell
   */
  @RegisterForReflection
  record Health(String status, @Nullable Long queueSize, Instant timestamp) {}

  @GET
  @NonBlocking
  public Health health() {
    OptionalLong waiting = depth.total();
    return waiting.isPresent()
        ? new Health("ok", waiting.getAsLong(), clock.instant())
        : new Health("degraded", null, clock.instant());
  }
}
