package com.sutazai.tasks;

import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import com.sutazai.tasks.WorkerTasks.Lent;
import com.sutazai.tasks.WorkerTasks.Report;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/tasks/next} and {@code /api/tasks/complete}: workers take tasks and report. */
@Path("/api{version:(/v1)?}/tasks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Workers")
@RunOnVirtualThread
@Requires.TasksWork
class WorkerTaskResource {
  private static final int LONGEST_WAIT = 30;

  private final WorkerTasks tasks;
  private final CurrentCaller caller;
  private final Connections connections;
  private final RoutingContext context;

  WorkerTaskResource(
      WorkerTasks tasks, CurrentCaller caller, Connections connections, RoutingContext context) {
    this.tasks = tasks;
    this.caller = caller;
    this.connections = connections;
    this.context = context;
  }

  @POST
  @Path("/next/{type}")
  @APIResponseSchema(Lent.class)
  @Operation(summary = "Take the next task of the type, or 204 when none came within the wait")
  public Response next(
      @PathParam("type") String type,
      @QueryParam("agent_name") @Nullable String agentName,
      @QueryParam("wait") @Nullable Integer wait)
      throws InterruptedException {
    Check.text("type", type, 100);
    Duration longest = Duration.ofSeconds(Check.range("wait", wait, 0, LONGEST_WAIT, 0));
    // A worker that left must not be given a task: it would wait for the end of its lease.
    try (Listening watch = connections.interruptWhenLeftOrStopping(context)) {
      return next(watch, type, agentName, longest)
          .map(lent -> Response.ok(lent, MediaType.APPLICATION_JSON))
          .orElseGet(Response::noContent)
          .header("Cache-Control", "no-store")
          .build();
    }
  }

  /** None came also when the program is being stopped: the worker asks again, and others answer. */
  private Optional<Lent> next(
      Listening watch, String type, @Nullable String agentName, Duration longest)
      throws InterruptedException {
    try {
      return tasks.next(caller.get(), type, agentName, longest);
    } catch (InterruptedException e) {
      if (watch.isForStop()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** As the guide's clients ask. */
  @GET
  @Path("/next/{type}")
  @APIResponseSchema(Lent.class)
  @Operation(summary = "The same as POST, for older clients")
  public Response nextByGet(
      @PathParam("type") String type,
      @QueryParam("agent_name") @Nullable String agentName,
      @QueryParam("wait") @Nullable Integer wait)
      throws InterruptedException {
    return next(type, agentName, wait);
  }

  @POST
  @Path("/complete")
  @Operation(summary = "Report how a task went; the same report again is answered the same")
  public Task complete(@Nullable Report body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    return tasks.report(caller.get(), body);
  }
}
