package com.sutazai.monitoring;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything can be served. Answers 200 also when degraded: the model doors work without the
 * database.
 */
@Path("/health")
class HealthResource {
  private static final String WAITING = "SELECT count(*) AS waiting FROM jobs WHERE lease IS NULL";

  private final Database database;
  private final InstantSource clock;

  HealthResource(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * @param queueSize tasks that wait to be run; null when the database cannot tell
   */
  @RegisterForReflection
  record Health(String status, @Nullable Long queueSize, Instant timestamp) {}

  @GET
  @RunOnVirtualThread
  public Health health() {
    try {
      long waiting = database.query(WAITING).getFirst().getLong("waiting");
      return new Health("ok", waiting, clock.instant());
    } catch (ProblemException unavailable) {
      return new Health("degraded", null, clock.instant());
    }
  }
}
