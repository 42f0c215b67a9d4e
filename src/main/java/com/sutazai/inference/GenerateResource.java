package com.sutazai.inference;

import com.sutazai.inference.Inference.Told;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code POST /generate}, whole or as a stream. A caller that leaves ends the model's work. */
@Path("/generate")
@RunOnVirtualThread
@Tag(name = "Models")
@Requires.ModelsUse
class GenerateResource {
  private final Inference inference;
  private final StreamedAnswers streams;
  private final TokenEvents events;
  private final Connections connections;
  private final CurrentCaller caller;
  private final CallerWishes wishes;
  private final RoutingContext context;

  GenerateResource(
      Inference inference,
      StreamedAnswers streams,
      TokenEvents events,
      Connections connections,
      CurrentCaller caller,
      CallerWishes wishes,
      RoutingContext context) {
    this.inference = inference;
    this.streams = streams;
    this.events = events;
    this.connections = connections;
    this.caller = caller;
    this.wishes = wishes;
    this.context = context;
  }

  @POST
  @APIResponseSchema(Answer.class)
  @Operation(summary = "Answer a prompt; with stream: true as server-sent events")
  public Response generate(
      @Nullable GenerateRequest body, @QueryParam("text") @Nullable String text)
      throws InterruptedException {
    GenerateRequest request = body == null ? GenerateRequest.EMPTY : body;
    Prompt prompt = request.prompt(text, request.streams());
    return request.streams() ? streamed(prompt) : whole(prompt);
  }

  @POST
  @Path("/stream")
  @Operation(summary = "Answer a prompt token by token as server-sent events")
  public Response stream(@Nullable GenerateRequest body, @QueryParam("text") @Nullable String text)
      throws InterruptedException {
    GenerateRequest request = body == null ? GenerateRequest.EMPTY : body;
    return streamed(request.prompt(text, true));
  }

  private Response whole(Prompt prompt) throws InterruptedException {
    try (Listening watch = connections.interruptWhenLeft(context)) {
      Told told = inference.complete(request(prompt));
      return OriginHeaders.on(Response.ok(told.answer(), MediaType.APPLICATION_JSON), told.origin())
          .build();
    }
  }

  private Response streamed(Prompt prompt) throws InterruptedException {
    return streams.of(() -> inference.open(request(prompt)), events);
  }

  private ModelRequest request(Prompt prompt) {
    return wishes.on(inference.request(caller.get(), prompt));
  }
}
