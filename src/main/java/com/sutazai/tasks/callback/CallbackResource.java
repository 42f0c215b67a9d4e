package com.sutazai.tasks.callback;

import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.tasks.Tasks;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /api/tasks/{id}/callback} and {@code /api/tasks/callback-secret}. */
@Path("/api{version:(/v1)?}/tasks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
@RunOnVirtualThread
class CallbackResource {
  private final Callbacks callbacks;
  private final Tasks tasks;
  private final Secrets secrets;
  private final CurrentCaller caller;

  CallbackResource(Callbacks callbacks, Tasks tasks, Secrets secrets, CurrentCaller caller) {
    this.callbacks = callbacks;
    this.tasks = tasks;
    this.secrets = secrets;
    this.caller = caller;
  }

  /**
   * @param secret as libraries for Standard Webhooks take it
   */
  @RegisterForReflection
  record CallbackSecret(String secret) {}

  @Requires.TasksRead
  @GET
  @Path("/{id}/callback")
  @Operation(summary = "How the callback of a task stands, with the reason when it did not arrive")
  public CallbackState read(@PathParam("id") String id) {
    UUID task = Ids.parse("task", id);
    return callbacks
        .find(caller.get().owner(), task)
        .orElseThrow(
            () -> {
              tasks.find(caller.get(), task); // refuses a task that is not there
              return new ProblemException(
                  ErrorCode.NOT_FOUND, "The task " + id + " was submitted without a callback_url.");
            });
  }

  @Requires.TasksWrite
  @GET
  @Path("/callback-secret")
  @APIResponseSchema(CallbackSecret.class)
  @Operation(
      summary =
          "The secret to check callbacks with: HMAC-SHA256 by Standard Webhooks, in webhook-signature")
  public Response secret() {
    return Response.ok(new CallbackSecret(secrets.of(caller.get())), MediaType.APPLICATION_JSON)
        .header("Cache-Control", "no-store")
        .build();
  }
}
