package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What clients of OpenAI's API ask a model. */
@Path("/v1")
@Consumes(MediaType.WILDCARD)
@RunOnVirtualThread
@Tag(name = "OpenAI")
@Requires.ModelsUse
class OpenAiResource {
  private final Door door;
  private final OpenAiRequests requests;
  private final OpenAiEvents events;
  private final CurrentCaller caller;

  OpenAiResource(Door door, OpenAiRequests requests, OpenAiEvents events, CurrentCaller caller) {
    this.door = door;
    this.requests = requests;
    this.events = events;
    this.caller = caller;
  }

  @POST
  @Path("/chat/completions")
  public Response chat(byte @Nullable [] body) throws InterruptedException {
    return answer(Operation.CHAT_COMPLETIONS, door.object(body));
  }

  @POST
  @Path("/completions")
  public Response complete(byte @Nullable [] body) throws InterruptedException {
    return answer(Operation.COMPLETIONS, door.object(body));
  }

  private Response answer(Operation operation, ObjectNode body) throws InterruptedException {
    boolean stream = Door.flag(body, "stream", false);
    boolean usage = body.path("stream_options").path("include_usage").asBoolean(false);
    ModelRequest request = requests.of(caller.get(), operation, body);
    return stream ? door.streamed(request, events.completion(usage)) : door.whole(request);
  }

  @POST
  @Path("/embeddings")
  public JsonNode embed(byte @Nullable [] body) throws InterruptedException {
    return door.embedded(requests.of(caller.get(), Operation.EMBEDDINGS, door.object(body)));
  }
}
