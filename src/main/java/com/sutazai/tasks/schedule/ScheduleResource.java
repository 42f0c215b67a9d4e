package com.sutazai.tasks.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/schedules}. */
@Path("/api{version:(/v1)?}/schedules")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Schedules")
@RunOnVirtualThread
class ScheduleResource {
  private static final String EXAMPLE =
      """
      {"name": "nightly", "cron": "30 2 * * 1-5", "time_zone": "Europe/Zurich", "task": {"type": "noop"}, "missed": "once"}\
      """;

  private final Schedules schedules;
  private final CurrentCaller caller;

  ScheduleResource(Schedules schedules, CurrentCaller caller) {
    this.schedules = schedules;
    this.caller = caller;
  }

  @Operation(summary = "The caller's schedules, newest first")
  @Requires.TasksRead
  @GET
  public Page<Schedule> list(
      @QueryParam("limit") @Nullable Integer limit, @QueryParam("cursor") @Nullable String cursor) {
    return schedules.list(caller.get(), Pages.after(cursor), Pages.limit(limit));
  }

  @APIResponseSchema(value = Schedule.class, responseCode = "201")
  @Operation(summary = "Make a schedule: a task is submitted at each moment that cron names")
  @Requires.TasksWrite
  @POST
  public Response make(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable MakeSchedule body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    Schedule schedule = schedules.make(caller.get(), body);
    return Response.created(URI.create("/api/schedules/" + schedule.id()))
        .header("ETag", schedule.etag())
        .entity(schedule)
        .build();
  }

  @APIResponseSchema(Schedule.class)
  @Operation(summary = "One schedule; its ETag changes with what callers change, not with runs")
  @Requires.TasksRead
  @GET
  @Path("/{id}")
  public Response read(@PathParam("id") String id) {
    Schedule schedule = schedules.find(caller.get(), Ids.parse("schedule", id));
    return Response.ok(schedule).header("ETag", schedule.etag()).build();
  }

  @APIResponseSchema(Schedule.class)
  @Operation(
      summary = "Change a schedule by merge patch (RFC 7396), if it is still the one of If-Match")
  @Requires.TasksWrite
  @PATCH
  @Path("/{id}")
  @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
  public Response patch(
      @PathParam("id") String id,
      @HeaderParam("If-Match") @Nullable String ifMatch,
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable ObjectNode body)
      throws JsonProcessingException {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    Schedule schedule = schedules.patch(caller.get(), Ids.parse("schedule", id), ifMatch, body);
    return Response.ok(schedule).header("ETag", schedule.etag()).build();
  }

  @Operation(summary = "Delete a schedule; the tasks that it made stay")
  @Requires.TasksWrite
  @DELETE
  @Path("/{id}")
  public void delete(
      @PathParam("id") String id, @HeaderParam("If-Match") @Nullable String ifMatch) {
    schedules.delete(caller.get(), Ids.parse("schedule", id), ifMatch);
  }
}
