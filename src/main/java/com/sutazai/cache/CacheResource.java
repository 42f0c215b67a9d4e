package com.sutazai.cache;

import com.sutazai.cache.CacheStatistics.RegionStatistics;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/cache}. */
@Path("/api{version:(/v1)?}/cache")
@Tag(name = "Cache")
@RunOnVirtualThread
class CacheResource {
  private static final int LONGEST_TAG = 300;

  private final Caches caches;
  private final Warming warming;
  private final CurrentCaller caller;

  CacheResource(Caches caches, Warming warming, CurrentCaller caller) {
    this.caches = caches;
    this.warming = warming;
    this.caller = caller;
  }

  /**
   * What was removed.
   *
   * @param removed entries by tier: those in the memory of this process, and those of each other
   *     tier; null where a tier is away, which forgets them before it is asked again
   */
  @RegisterForReflection
  record Removed(String tag, Map<String, @Nullable Long> removed) {}

  /** Entries that were loaded, by region. */
  @RegisterForReflection
  record Warmed(Map<String, Integer> loaded) {}

  @Operation(summary = "What the cache of this process did since it started")
  @Requires.MetricsRead
  @GET
  @Path("/stats")
  public CacheStatistics statistics() {
    return new CacheStatistics(
        caches.changes().heard(),
        caches.regions().stream().map(RegionStatistics::of).toList(),
        caches.tiers());
  }

  @Operation(
      summary =
          "Forget all entries with a tag, such as agents, agent:{id}, task:{id} or model:{name}, in all processes")
  @Requires.Admin
  @DELETE
  public Removed remove(@QueryParam("tag") @Nullable String tag) {
    requireAdmin();
    String named = Check.text("tag", tag, LONGEST_TAG);
    if (named.contains(" ")) {
      throw ProblemException.invalid("tag", "must not contain spaces");
    }
    return new Removed(named, caches.remove(named));
  }

  @Operation(summary = "Load what is likely to be asked for: active agents, recently ended tasks")
  @Requires.Admin
  @POST
  @Path("/warm")
  public Warmed warm() throws InterruptedException {
    requireAdmin();
    return new Warmed(warming.warm());
  }

  private void requireAdmin() {
    if (!caller.get().admin()) {
      throw new ProblemException(ErrorCode.FORBIDDEN, "Only an admin may change the cache.");
    }
  }
}
