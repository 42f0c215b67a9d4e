package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.backend.Refusal;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.id.Ids;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** OpenAI's {@code /v1/responses}, without state: nothing is kept from one request to the next. */
@Path("/v1/responses")
@Consumes(MediaType.WILDCARD)
@RunOnVirtualThread
@Tag(name = "OpenAI")
@Requires.ModelsUse
class ResponsesResource {
  private final Door door;
  private final OpenAiRequests requests;
  private final OpenAiEvents events;
  private final CurrentCaller caller;
  private final Ids ids;
  private final InstantSource clock;

  ResponsesResource(
      Door door,
      OpenAiRequests requests,
      OpenAiEvents events,
      CurrentCaller caller,
      Ids ids,
      InstantSource clock) {
    this.door = door;
    this.requests = requests;
    this.events = events;
    this.caller = caller;
    this.ids = ids;
    this.clock = clock;
  }

  @POST
  public Response respond(byte @Nullable [] body) throws InterruptedException {
    ObjectNode asked = door.object(body);
    boolean stream = Door.flag(asked, "stream", false);
    requests.refuseLinks(asked);
    OpenAiResponses.Asked translated = OpenAiResponses.request(asked);
    Refusal.requireNone(translated.refused());
    ModelRequest request = requests.of(caller.get(), Operation.CHAT_COMPLETIONS, translated.body());
    String id = ids.next().toString().replace("-", "");
    String model = Door.required(asked, "model");
    ResponseEvents told = new ResponseEvents(asked, id, model, clock);
    return stream
        ? door.streamed(request, events.response(told))
        : door.whole(request, new ResponseCollector(told));
  }
}
