package com.sutazai.agents.tuning;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.json.Check;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/admin/tune}: what tasks of type {@code tune} do, for who waits for it. */
@Path("/api{version:(/v1)?}/admin/tune")
@Tag(name = "Resources")
@RunOnVirtualThread
@Requires.Admin
class TuneResource {
  private static final int LONGEST_SECONDS = 30;
  private static final int USUAL_SECONDS = 10;

  private final Tuning tuning;
  private final Connections connections;
  private final RoutingContext context;

  TuneResource(Tuning tuning, Connections connections, RoutingContext context) {
    this.tuning = tuning;
    this.connections = connections;
    this.context = context;
  }

  /** How to tune; nothing is set unless {@code apply} is true. */
  @RegisterForReflection
  record Tune(@Nullable Boolean apply, @Nullable Integer windowSeconds) {}

  @Operation(
      summary =
          "Measure the program's own bounds for window_seconds, and with apply set better ones and measure again")
  @POST
  public JsonNode tune(@Nullable Tune body) throws InterruptedException {
    Tune asked = body == null ? new Tune(null, null) : body;
    int seconds =
        Check.range("window_seconds", asked.windowSeconds(), 1, LONGEST_SECONDS, USUAL_SECONDS);
    try (Listening watch = connections.interruptWhenLeft(context)) {
      return tuning.tune(Boolean.TRUE.equals(asked.apply()), Duration.ofSeconds(seconds));
    }
  }
}
