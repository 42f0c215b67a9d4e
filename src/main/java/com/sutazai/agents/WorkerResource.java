package com.sutazai.agents;

import com.sutazai.agents.Workers.Heartbeat;
import com.sutazai.agents.Workers.Registration;
import com.sutazai.agents.Workers.Renewal;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/agents/register} and {@code /api/agents/heartbeat}: workers say that they live. */
@Path("/api{version:(/v1)?}/agents")
@Tag(name = "Workers")
@RunOnVirtualThread
@Requires.TasksWork
class WorkerResource {
  private final Workers workers;
  private final CurrentCaller caller;

  WorkerResource(Workers workers, CurrentCaller caller) {
    this.workers = workers;
    this.caller = caller;
  }

  /** The worker's row among the agents. */
  @RegisterForReflection
  record Registered(UUID agentId) {}

  @POST
  @Path("/register")
  @Operation(
      summary = "Say that a worker is there and what it runs; again after each of its starts")
  public Registered register(@Nullable Registration body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    return new Registered(workers.register(caller.get(), body));
  }

  @POST
  @Path("/heartbeat")
  @Operation(
      summary =
          "Say that a worker lives, at least every 30 s, renew the leases it names, and tell how far it is")
  public Renewal heartbeat(@Nullable Heartbeat body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    return workers.heartbeat(caller.get(), body);
  }
}
