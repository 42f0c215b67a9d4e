package com.sutazai.tasks.process;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.OriginHeaders;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import com.sutazai.tasks.Intake;
import com.sutazai.tasks.SubmitTask;
import com.sutazai.tasks.Tasks;
import com.sutazai.tasks.TasksConfig;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /process}, the guide's two doors under one path: ask now, or leave a task. */
@Path("/process")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Tasks")
class ProcessResource {
  private static final int LONGEST_DATA = 10_000;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final String ROUTE = "POST /process";

  private final Tasks tasks;
  private final Intake intake;
  private final SearchAndAsk searchAndAsk;
  private final TasksConfig config;
  private final CurrentCaller caller;

  ProcessResource(
      Tasks tasks,
      Intake intake,
      SearchAndAsk searchAndAsk,
      TasksConfig config,
      CurrentCaller caller) {
    this.tasks = tasks;
    this.intake = intake;
    this.searchAndAsk = searchAndAsk;
    this.config = config;
    this.caller = caller;
  }

  /**
   * A task as the guide's clients leave it.
   *
   * @param taskId the client's own name for it; the same name again is the same task
   * @param type {@code data_processing} by default
   */
  @RegisterForReflection
  record ProcessTask(@Nullable String taskId, @Nullable String type, @Nullable JsonNode payload) {}

  /**
   * What was taken.
   *
   * @param requestId the task's id
   * @param queueSize tasks of the type that wait now, this one included
   */
  @RegisterForReflection
  @JsonInclude
  record Queued(UUID requestId, @Nullable String taskId, String status, long queueSize) {}

  @Requires.AgentsRead
  @Requires.ModelsUse
  @Requires.TasksRead
  @GET
  @Operation(summary = "Search the caller's tasks and agents, and ask the model, at the same time")
  @APIResponseSchema(SearchAndAsk.Both.class)
  public Response process(@QueryParam("data") @Nullable String data) throws InterruptedException {
    SearchAndAsk.Answered answered =
        searchAndAsk.both(caller.get(), Check.text("data", data, LONGEST_DATA));
    return OriginHeaders.on(
            Response.ok(answered.both(), MediaType.APPLICATION_JSON), answered.origin())
        .build();
  }

  @Requires.TasksWrite
  @POST
  @APIResponseSchema(value = Queued.class, responseCode = "202")
  @Operation(
      summary = "Leave a task; 503 when the queue is full and stays so for a second",
      description =
          "request_id is the task's id. task_id is the client's own name for it and is given back: the same name again is"
              + " the same task; null when none was given. All may be left out: the type is data_processing then, whose"
              + " task fails without the payload that it needs.")
  public Response process(@Nullable ProcessTask body) throws InterruptedException {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    String type = body.type() == null ? "data_processing" : body.type();
    Tasks.Accepted accepted = accept(SubmitTask.of(type, body.payload()), type, body.taskId());
    return Response.accepted(
            new Queued(accepted.id(), body.taskId(), "queued", intake.waiting(type)))
        .location(URI.create("/api/tasks/" + accepted.id()))
        .build();
  }

  private Tasks.Accepted accept(SubmitTask ask, String type, @Nullable String taskId)
      throws InterruptedException {
    try {
      intake.awaitRoom(type, config.processMaxWaiting(), LONGEST_WAIT);
    } catch (ProblemException full) {
      return Optional.ofNullable(taskId)
          .flatMap(id -> tasks.acceptedBefore(caller.get(), ask, ROUTE, id))
          .orElseThrow(() -> full);
    }
    return tasks.submit(caller.get(), ask, ROUTE, taskId);
  }
}
