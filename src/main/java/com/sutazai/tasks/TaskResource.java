package com.sutazai.tasks;

import com.sutazai.cache.Tags;
import com.sutazai.cache.http.CachedResponse;
import com.sutazai.cache.http.CachedRoute;
import com.sutazai.cache.http.Kept;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Patience;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.tasks.TaskLists.TaskFilter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/tasks}. */
@Path("/api{version:(/v1)?}/tasks")
@jakarta.ws.rs.Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
@RunOnVirtualThread
class TaskResource {
  private static final int LONGEST_WAIT = 60;
  private static final int MOST_IN_BULK = 1000;
  private static final List<String> STATES =
      List.of("pending", "processing", "completed", "failed", "cancelled");

  @Produces @Singleton
  static final CachedRoute READ =
      new CachedRoute(
          "/api/tasks/{id}", Scope.TASKS_READ, Kept.TASKS, List.of("task:{id}", Tags.EACH_TASK));

  private final Tasks tasks;
  private final CurrentCaller caller;
  private final Connections connections;
  private final RoutingContext context;

  TaskResource(Tasks tasks, CurrentCaller caller, Connections connections, RoutingContext context) {
    this.tasks = tasks;
    this.caller = caller;
    this.connections = connections;
    this.context = context;
  }

  /** Many tasks, all or none. */
  @RegisterForReflection
  record SubmitTasks(@Nullable List<SubmitTask> tasks) {}

  /** Tasks that are to be run again. */
  @RegisterForReflection
  record RetryTasks(@Nullable List<String> ids) {}

  @APIResponseSchema(value = Task.class, responseCode = "202")
  @Operation(
      summary =
          "Leave a task; Prefer: wait=N answers it finished, Idempotency-Key makes it safe to send again")
  @Requires.TasksWrite
  @POST
  public Response submit(
      @Nullable SubmitTask body,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @HeaderParam("Prefer") @Nullable String prefer) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object with at least type");
    }
    Duration wait = wait(prefer);
    Tasks.Accepted accepted = tasks.submit(caller.get(), body, key);
    return wait.isPositive()
        ? awaited(accepted, wait)
        : answer(202, accepted, accepted.json()).build();
  }

  /** Accepted it is, also when nobody can look how it goes on. */
  private Response awaited(Tasks.Accepted accepted, Duration wait) {
    try (Listening watch = connections.interruptWhenLeftOrStopping(context)) {
      Task task = tasks.await(caller.get(), accepted.id(), wait);
      return answer(task.isFinished() ? 200 : 202, accepted, task)
          .header("Preference-Applied", "wait")
          .build();
    } catch (ProblemException unseen) {
      return answer(202, accepted, accepted.json()).build();
    } finally {
      Thread.interrupted(); // by who does not wait any more
    }
  }

  private static Response.ResponseBuilder answer(int status, Tasks.Accepted accepted, Object body) {
    var response =
        Response.status(status)
            .type(MediaType.APPLICATION_JSON)
            .location(URI.create("/api/tasks/" + accepted.id()))
            .entity(body);
    return replayed(response, accepted.replayed());
  }

  private static Response.ResponseBuilder replayed(Response.ResponseBuilder response, boolean so) {
    return so ? response.header("Idempotency-Replayed", "true") : response;
  }

  @APIResponseSchema(value = Tasks.AcceptedTasks.class, responseCode = "202")
  @Operation(
      summary = "Leave up to 1,000 tasks, all or none; Idempotency-Key makes it safe to send again")
  @Requires.TasksWrite
  @POST
  @Path("/bulk")
  public Response submitAll(
      @Nullable SubmitTasks body, @HeaderParam("Idempotency-Key") @Nullable String key) {
    if (body == null
        || body.tasks() == null
        || body.tasks().isEmpty()
        || body.tasks().size() > MOST_IN_BULK) {
      throw ProblemException.invalid(
          "tasks", "must be an array of 1 to " + MOST_IN_BULK + " tasks");
    }
    if (body.tasks().contains(null)) {
      throw ProblemException.invalid("tasks", "must not contain null");
    }
    IdempotencyKeys.Answer accepted = tasks.submitAll(caller.get(), body.tasks(), key);
    return replayed(Response.accepted(accepted.json()), accepted.replayed())
        .type(MediaType.APPLICATION_JSON)
        .build();
  }

  @Operation(summary = "The caller's tasks, newest first")
  @Requires.TasksRead
  @GET
  public Page<Task> list(
      @Parameter(
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"pending", "processing", "completed", "failed", "cancelled"}))
          @QueryParam("status")
          @Nullable String status,
      @QueryParam("type") @Nullable String type,
      @QueryParam("agent_id") @Nullable String agentId,
      @QueryParam("dead") @Nullable Boolean dead,
      @QueryParam("include") @Nullable String include,
      @QueryParam("limit") @Nullable Integer limit,
      @QueryParam("cursor") @Nullable String cursor) {
    if (status != null && !STATES.contains(status)) {
      throw ProblemException.invalid("status", "must be one of " + STATES);
    }
    if (type != null) {
      Check.noNul("type", type);
    }
    if (include != null && !List.of("payload", "result", "payload,result").contains(include)) {
      throw ProblemException.invalid(
          "include", "can be payload, result or both with a comma; both come together");
    }
    var filter =
        new TaskFilter(
            status,
            type,
            agentId == null ? null : Ids.parse("agent", agentId),
            dead,
            Pages.after(cursor),
            include != null);
    return tasks.list(caller.get(), filter, Pages.limit(limit));
  }

  @Operation(
      summary =
          "How many of the caller's tasks wait and run, by type, as the database counts them now")
  @Requires.TasksRead
  @GET
  @Path("/stats")
  public TaskStatistics statistics() {
    return tasks.statistics(caller.get());
  }

  @Operation(summary = "Run up to 1,000 finished tasks again; those that cannot be are named")
  @Requires.TasksWrite
  @POST
  @Path("/retry")
  public Tasks.Retried retryAll(@Nullable RetryTasks body) {
    if (body == null
        || body.ids() == null
        || body.ids().isEmpty()
        || body.ids().size() > MOST_IN_BULK
        || body.ids().contains(null)) {
      throw ProblemException.invalid("ids", "must be an array of 1 to " + MOST_IN_BULK + " ids");
    }
    return tasks.retryAll(
        caller.get(), body.ids().stream().map(id -> Ids.parse("task", id)).toList());
  }

  @Operation(summary = "One task with payload, result and timings")
  @APIResponseSchema(Task.class)
  @CachedResponse
  @Requires.TasksRead
  @GET
  @Path("/{id}")
  public Response read(@PathParam("id") String id) {
    Task task = tasks.find(caller.get(), Ids.parse("task", id));
    return task.isFinished()
        ? Response.ok(task).build()
        : Response.ok(task).header("Cache-Control", "no-store").build(); // it goes on
  }

  @Operation(summary = "End an unfinished task")
  @Requires.TasksWrite
  @POST
  @Path("/{id}/cancel")
  public Task cancel(@PathParam("id") String id) {
    return tasks.cancel(caller.get(), Ids.parse("task", id));
  }

  @APIResponseSchema(value = Task.class, responseCode = "202")
  @Operation(summary = "Run a finished task again")
  @Requires.TasksWrite
  @POST
  @Path("/{id}/retry")
  public Response retry(@PathParam("id") String id) {
    return Response.accepted(tasks.retry(caller.get(), Ids.parse("task", id))).build();
  }

  private static Duration wait(@Nullable String prefer) {
    Duration wait = Patience.preferred(prefer).orElse(Duration.ZERO);
    if (wait.toSeconds() > LONGEST_WAIT) {
      throw ProblemException.invalid("Prefer", "wait must be at most " + LONGEST_WAIT + " seconds");
    }
    return wait;
  }
}
