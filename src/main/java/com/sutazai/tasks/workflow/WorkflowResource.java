package com.sutazai.tasks.workflow;

import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/workflows}. */
@Path("/api{version:(/v1)?}/workflows")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Workflows")
@RunOnVirtualThread
class WorkflowResource {
  private static final String EXAMPLE =
      """
      {"name": "report", "input": {"city": "Bern"}, "steps": [
        {"id": "count", "type": "data_processing", "payload": {"csv": "city,people\\nBern,134\\n"}},
        {"id": "tell", "type": "noop", "depends_on": ["count"],
         "payload": {"city": "{{input.city}}", "rows": "{{steps.count.result.rows}}"}}]}\
      """;

  private final Workflows workflows;
  private final CurrentCaller caller;

  WorkflowResource(Workflows workflows, CurrentCaller caller) {
    this.workflows = workflows;
    this.caller = caller;
  }

  /**
   * What a workflow that may be submitted would do.
   *
   * @param waves ids of the steps that can be at work at once, wave after wave
   */
  @RegisterForReflection
  record Valid(boolean valid, int steps, List<List<String>> waves) {}

  @APIResponseSchema(value = Workflow.class, responseCode = "202")
  @Operation(
      summary =
          "Run steps that wait for each other; all of it is checked first. Idempotency-Key makes it safe to send again")
  @Requires.TasksWrite
  @POST
  public Response submit(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable SubmitWorkflow body,
      @HeaderParam("Idempotency-Key") @Nullable String key) {
    Workflows.Accepted accepted = workflows.submit(caller.get(), body, key);
    var response =
        Response.accepted(accepted.json())
            .type(MediaType.APPLICATION_JSON)
            .location(URI.create("/api/workflows/" + accepted.id()));
    return (accepted.replayed() ? response.header("Idempotency-Replayed", "true") : response)
        .build();
  }

  @Operation(summary = "Check a workflow as it would be when it is submitted, and run nothing")
  @Requires.TasksWrite
  @POST
  @Path("/validate")
  public Valid validate(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable SubmitWorkflow body) {
    Definition.Checked checked = workflows.validate(caller.get(), body);
    return new Valid(true, checked.workflow().steps().size(), checked.waves());
  }

  @Operation(summary = "The caller's workflows, newest first")
  @Requires.TasksRead
  @GET
  public Page<Workflow> list(
      @Parameter(
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"running", "paused", "completed", "failed", "cancelled"}))
          @QueryParam("status")
          @Nullable String status,
      @QueryParam("limit") @Nullable Integer limit,
      @QueryParam("cursor") @Nullable String cursor) {
    if (status != null && !WorkflowStatus.CODES.contains(status)) {
      throw ProblemException.invalid("status", "must be one of " + WorkflowStatus.CODES);
    }
    return workflows.list(caller.get(), status, Pages.after(cursor), Pages.limit(limit));
  }

  @Operation(summary = "One workflow with how each of its steps is")
  @Requires.TasksRead
  @GET
  @Path("/{id}")
  public Workflow read(@PathParam("id") String id) {
    return workflows.find(caller.get(), parse(id));
  }

  @Operation(summary = "One step with its payload, as it was written, and its result")
  @Requires.TasksRead
  @GET
  @Path("/{id}/steps/{step}")
  public WorkflowStep step(@PathParam("id") String id, @PathParam("step") String step) {
    return workflows.step(caller.get(), parse(id), step);
  }

  @Operation(summary = "End an unfinished workflow: steps that run or wait are cancelled")
  @Requires.TasksWrite
  @POST
  @Path("/{id}/cancel")
  public Workflow cancel(@PathParam("id") String id) {
    return workflows.cancel(caller.get(), parse(id));
  }

  @Operation(summary = "Let no further step begin; those that run go on to their end")
  @Requires.TasksWrite
  @POST
  @Path("/{id}/pause")
  public Workflow pause(@PathParam("id") String id) {
    return workflows.pause(caller.get(), parse(id));
  }

  @Operation(summary = "Let steps begin again")
  @Requires.TasksWrite
  @POST
  @Path("/{id}/resume")
  public Workflow resume(@PathParam("id") String id) {
    return workflows.resume(caller.get(), parse(id));
  }

  @Operation(summary = "Delete an ended workflow; the tasks of its steps stay")
  @Requires.TasksWrite
  @DELETE
  @Path("/{id}")
  public void delete(@PathParam("id") String id) {
    workflows.delete(caller.get(), parse(id));
  }

  private static java.util.UUID parse(String id) {
    return Ids.parse("workflow", id);
  }
}
